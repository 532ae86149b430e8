// The header: model chooser, light or dark, presentation mode.
const { studio } = window;
const chooser = element.querySelector("[data-testid=model-chooser]");
const present = element.querySelector("[data-studio=present]");
const lamp = element.querySelector("[data-studio=theme]");

for (const model of studio.models) {
  const latents = model.latent_dim === 1 ? "1 latent" : `${model.latent_dim} latents`;
  chooser.add(new Option(`${model.name} (${latents})`, model.name));
}
chooser.addEventListener("change", () => studio.set({ model: chooser.value }));

function showModel() {
  const model = studio.model();
  if (!model) return;
  chooser.value = model.name;
  const { nll, importance_samples: draws, elbo } = model.metrics || {};
  const facts = [model.title];
  if (model.parameters) facts.push(`${(model.parameters / 1e6).toFixed(2)} million parameters`);
  if (Number.isFinite(nll)) facts.push(`NLL ${nll.toFixed(1)} nats (IS ${draws})`);
  else if (Number.isFinite(elbo)) facts.push(`−ELBO ${(-elbo).toFixed(1)} nats`);
  const line = element.querySelector("[data-studio=facts]");
  line.textContent = facts.join(" · ");
  line.title = `${line.textContent}, measured on the MNIST test digits`;
}
showModel();
studio.on("model", showModel);

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

function showPresenting(on) {
  document.body.classList.toggle("presenting", on);
  present.setAttribute("aria-pressed", String(on));
  window.dispatchEvent(new Event("resize"));
}
present.addEventListener("click", () => showPresenting(!document.body.classList.contains("presenting")));
if (new URLSearchParams(location.search).has("present")) showPresenting(true);
