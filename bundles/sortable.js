import Sortable from "sortablejs/modular/sortable.core.esm.js";

export default Sortable;
