// Light or dark, kept in the browser.

const KEY = "studio-theme";

const isDark = () => document.body.classList.contains("dark");

function kept() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null; // storage is refused in some embedded pages
  }
}

/** @param {string} theme */
function keep(theme) {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // the choice lasts for this visit only
  }
}

/** @param {HTMLElement} button */
export function mountTheme(button) {
  const name = () => {
    button.textContent = isDark() ? "Light" : "Dark";
  };
  const before = kept();
  if (before && !new URLSearchParams(location.search).has("__theme")) {
    document.body.classList.toggle("dark", before === "dark");
  }
  name();
  button.addEventListener("click", () => {
    document.body.classList.toggle("dark");
    keep(isDark() ? "dark" : "light");
  });
  new MutationObserver(name).observe(document.body, { attributeFilter: ["class"] });
}
