/* Fields that are filled from the collection: a search under a field, and chosen ones as chips. */

const waitMs = 300;
const kinds = {
  agent: "Agents",
  skill: "Skills",
  command: "Commands",
  mcp: "MCP servers",
  ctx: "Context modules",
};

/** Makes every such field of the page what it is; may be called again after the page has changed. */
export function enhance() {
  for (const area of document.querySelectorAll("textarea[data-chips]")) showChips(area);
  for (const input of document.querySelectorAll("input[data-picker]")) {
    const box = document.getElementById(`${input.id}-box`);
    if (box) combobox(input, box, input.dataset.picker, (ref) => setValue(input, ref));
  }
}

function setValue(field, text) {
  field.value = text;
  field.dispatchEvent(new Event("change", { bubbles: true }));
}

function linesOf(area) {
  return area.value
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
}

function showChips(area) {
  const box = document.getElementById(`${area.id}-box`);
  if (!box) return;
  const label = document.querySelector(`label[for="${CSS.escape(area.id)}"]`)?.textContent ?? "";
  if (box.childElementCount === 0) {
    const chips = document.createElement("span");
    chips.className = "chips-chosen";
    const input = document.createElement("input");
    Object.assign(input, { type: "text", className: "chips-input", autocomplete: "off", spellcheck: false });
    input.setAttribute("aria-label", `Add to ${label}`);
    input.id = `${area.id}-add`;
    const list = document.createElement("div");
    box.append(chips, input, list);
    const add = (text) => {
      input.value = "";
      const all = linesOf(area);
      if (text.trim() === "" || all.includes(text.trim())) return;
      setValue(area, [...all, text.trim()].join("\n"));
      draw(area, box, label);
    };
    combobox(input, list, area.dataset.chips, add);
    input.addEventListener("keydown", (event) => {
      if ((event.key === "Enter" || event.key === ",") && !event.defaultPrevented) {
        event.preventDefault();
        add(input.value);
      } else if (event.key === "Backspace" && input.value === "") {
        const all = linesOf(area);
        if (all.length === 0) return;
        setValue(area, all.slice(0, -1).join("\n"));
        draw(area, box, label);
      }
    });
    // Leaving the field keeps what was typed: a reference need not be in the collection.
    input.addEventListener("change", (event) => event.stopPropagation());
    input.addEventListener("blur", () => setTimeout(() => add(input.value), 150));
  }
  draw(area, box, label);
}

function draw(area, box, label) {
  const chosen = box.querySelector(".chips-chosen");
  if (chosen.dataset.lines === area.value) return;
  chosen.dataset.lines = area.value;
  chosen.replaceChildren(
    ...linesOf(area).map((text) => {
      const chip = document.createElement("button");
      chip.type = "button";
      chip.className = "chip on";
      chip.textContent = text;
      chip.setAttribute("aria-label", `Remove ${text} from ${label}`);
      const cross = document.createElement("span");
      cross.setAttribute("aria-hidden", "true");
      cross.textContent = "×";
      chip.append(cross);
      chip.addEventListener("click", () => {
        const rest = linesOf(area).filter((line) => line !== text);
        setValue(area, rest.join("\n"));
        draw(area, box, label);
        box.querySelector(".chips-input").focus();
      });
      return chip;
    }),
  );
  box.querySelector(".chips-input").placeholder = linesOf(area).length === 0 ? area.placeholder : "";
}

/** The pattern of ARIA's guide: the field keeps the focus, arrows go through the list, Escape closes it. */
function combobox(input, box, kind, choose) {
  if (kind === "free") return;
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", String(box.querySelector("[role=option]") !== null));
  if (input.picks) return;
  input.picks = true;
  let timer = null;
  let active = -1;
  let asked = 0;
  const options = () => [...box.querySelectorAll("[role=option]")];
  const close = () => {
    clearTimeout(timer);
    asked++;
    box.replaceChildren();
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const pick = (option) => {
    close();
    choose(option.dataset.ref);
  };
  const search = async () => {
    const number = ++asked;
    const groups = await Promise.all(kind.split(",").map((each) => found(each, input.value)));
    if (number !== asked || document.activeElement !== input) return;
    drawList(input, box, groups.flat());
    active = -1;
    for (const option of options()) {
      option.addEventListener("mousedown", (event) => {
        event.preventDefault();
        pick(option);
      });
    }
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(search, waitMs);
  };
  input.addEventListener("input", soon);
  input.addEventListener("focus", soon);
  input.addEventListener("blur", () => setTimeout(close, 120));
  input.addEventListener("keydown", (event) => {
    const all = options();
    if (event.key === "Escape" && all.length > 0) {
      // Escape closes the list, not the dialog around it.
      event.preventDefault();
      event.stopPropagation();
      return close();
    }
    if (event.key === "Enter" && all[active]) {
      event.preventDefault();
      return pick(all[active]);
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    if (all.length === 0) return void search();
    const by = event.key === "ArrowDown" ? 1 : -1;
    active = (active + by + (active < 0 && by < 0 ? 1 : 0) + all.length) % all.length;
    all.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
    all[active].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", all[active].id);
  });
}

async function found(kind, text) {
  const search = new URLSearchParams({ search: text.replace(/^[a-z]+:/, "") });
  if (kind !== "ctx") search.set("type", kind);
  const path = kind === "ctx" ? "/api/v1/context-modules" : "/api/v1/artifacts";
  const response = await fetch(`${path}?${search}`);
  if (!response.ok) return [];
  const { items } = await response.json();
  return items.slice(0, 30).map(({ ref, description }) => ({ kind, ref, description }));
}

function drawList(input, box, items) {
  const list = document.createElement("div");
  list.setAttribute("role", "listbox");
  list.id = `${input.id}-list`;
  list.setAttribute("aria-label", "In the collection");
  for (const [kind, members] of Map.groupBy(items, (item) => item.kind)) {
    const group = document.createElement("div");
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", kinds[kind]);
    const title = document.createElement("div");
    title.className = "picker-kind";
    title.setAttribute("aria-hidden", "true");
    title.textContent = kinds[kind];
    group.append(title, ...members.map((item, at) => optionOf(item, `${input.id}-${kind}-${at}`)));
    list.append(group);
  }
  if (items.length === 0) {
    const none = document.createElement("p");
    none.textContent = "Nothing like it in the collection. It can be typed all the same.";
    box.replaceChildren(none);
  } else box.replaceChildren(list);
  input.setAttribute("aria-expanded", String(items.length > 0));
  input.setAttribute("aria-controls", list.id);
}

function optionOf({ ref, description }, id) {
  const option = document.createElement("div");
  option.id = id;
  option.dataset.ref = ref;
  option.setAttribute("role", "option");
  option.setAttribute("aria-selected", "false");
  const name = document.createElement("b");
  name.textContent = ref;
  const text = document.createElement("small");
  text.textContent = description ?? "";
  option.append(name, text);
  return option;
}
