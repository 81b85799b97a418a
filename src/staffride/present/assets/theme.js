// Light or dark: the reader's system decides until the button is pressed.
const root = document.documentElement;
const button = /** @type {HTMLButtonElement} */ (document.getElementById("theme"));
const system = matchMedia("(prefers-color-scheme: dark)");

/** @returns {boolean} whether the page is dark now */
const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : system.matches);

const show = () => {
  button.textContent = dark() ? "Light page" : "Dark page";
  document.dispatchEvent(new Event("staffride:theme"));
};

button.hidden = false;
button.addEventListener("click", () => {
  root.dataset.theme = dark() ? "light" : "dark";
  show();
});
system.addEventListener("change", show);
show();

// A printed page has no way to unfold anything.
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((part) => { part.open = true; }));
