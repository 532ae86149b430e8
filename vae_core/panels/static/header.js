// The header: model chooser, light or dark, presentation mode.
const { studio } = window;
const chooser = element.querySelector("[data-testid=model-chooser]");
const present = element.querySelector("[data-studio=present]");
const lamp = element.querySelector("[data-studio=theme]");

for (const model of studio.models) {
  const latents = model.latent_dim === 1 ? "1 latent" : `${model.latent_dim} latents`;
  chooser.add(new Option(`${model.title} (${latents})`, model.name));
}
chooser.value = studio.state.model;
chooser.addEventListener("change", () => studio.set({ model: chooser.value }));
studio.on("model", (name) => (chooser.value = name));

const isDark = () => document.body.classList.contains("dark");
const nameLamp = () => (lamp.textContent = isDark() ? "Light" : "Dark");
const kept = (() => {
  try {
    return localStorage.getItem("studio-theme");
  } catch {
    return null; // storage is refused in some embedded pages
  }
})();
if (kept && !new URLSearchParams(location.search).has("__theme")) {
  document.body.classList.toggle("dark", kept === "dark");
}
nameLamp();
lamp.addEventListener("click", () => {
  document.body.classList.toggle("dark");
  try {
    localStorage.setItem("studio-theme", isDark() ? "dark" : "light");
  } catch {
    // the choice lasts for this visit only
  }
  nameLamp();
});
new MutationObserver(nameLamp).observe(document.body, { attributeFilter: ["class"] });

present.addEventListener("click", () => {
  const on = document.body.classList.toggle("presenting");
  present.setAttribute("aria-pressed", String(on));
});
