/* Light and dark without a new page; the server hears of it for the next one. */

document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-form]");
  if (!form) return;
  event.preventDefault();
  const root = document.documentElement;
  const isDark = root.dataset.theme
    ? root.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
  const button = form.querySelector("button");
  const chosen = new URLSearchParams({ theme: root.dataset.theme });
  button.value = isDark ? "dark" : "light";
  button.querySelector("use").setAttribute(
    "href",
    button
      .querySelector("use")
      .getAttribute("href")
      .replace(/#.*/, isDark ? "#moon" : "#sun"),
  );
  fetch(form.action, { method: "POST", body: chosen, headers: { "hx-request": "true" } });
});
