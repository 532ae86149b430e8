// The header: model chooser, light or dark, presentation mode.
const { studio } = window;
const chooser = element.querySelector("[data-testid=model-chooser]");
const present = element.querySelector("[data-studio=present]");
const lamp = element.querySelector("[data-studio=theme]");

// One group of the family a heading. The chosen one is named in short, so that the closed chooser
// is read at a glance; the open list tells what each of them is.
const size = ({ latent_dim: d }) => (d === 1 ? "1 latent" : `${d} latents`);
const short = (model) => `${model.name} (${size(model)})`;
// A title that tells the size already is not told it twice.
const long = (model) => `${model.name} · ${model.title}${/\blatents?\b/.test(model.title) ? "" : `, ${size(model)}`}`;

for (const title of new Set(studio.models.map((model) => model.group))) {
  const heading = document.createElement("optgroup");
  heading.label = title;
  for (const model of studio.models.filter(({ group }) => group === title)) {
    const option = new Option(long(model), model.name);
    option.title = model.title;
    heading.append(option);
  }
  chooser.append(heading);
}
chooser.addEventListener("change", () => studio.set({ model: chooser.value }));

function nameOptions() {
  for (const option of chooser.options) {
    const model = studio.modelNamed(option.value);
    option.textContent = option.selected ? short(model) : long(model);
  }
}

function showModel() {
  const model = studio.model();
  if (!model) return;
  chooser.value = model.name;
  nameOptions();
  const { nll, importance_samples: draws, elbo, mse } = model.metrics || {};
  const facts = [model.title];
  if (model.parameters) facts.push(`${studio.fixed(model.parameters / 1e6, 2)} million parameters`);
  if (Number.isFinite(nll)) facts.push(`NLL ${studio.fixed(nll)} nats (IS ${studio.whole(draws)}${model.conditional ? ", its label told" : ""})`);
  else if (Number.isFinite(elbo)) facts.push(studio.quantities.elboWords(model));
  else if (Number.isFinite(mse)) facts.push(`mse ${studio.number(mse, 2)} a pixel`);
  const line = element.querySelector("[data-studio=facts]");
  line.title = `${facts.join(" · ")}, measured on the MNIST test digits`;
  if (model.outdated?.length) {
    facts.push("not measured since it was trained again");
    line.title = `Measured on earlier weights, and left out: ${model.outdated.join(", ")}`;
  }
  line.textContent = facts.join(" · ");
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
present.addEventListener("click", () => {
  const on = !document.body.classList.contains("presenting");
  studio.keep({ present: on ? "1" : null });
  showPresenting(on);
});
if (new URLSearchParams(location.search).has("present")) showPresenting(true);
