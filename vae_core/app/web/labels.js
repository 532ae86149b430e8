// studio.labels: the digit that a conditional model is told, as a row of buttons 0 to 9 or unknown.
(() => {
  "use strict";
  const { studio } = window;
  const CHOICES = [...Array(10).keys(), null];

  /**
   * Build the row in `box`; it is there only while the chosen model is a conditional one.
   * onchange(event): another label was picked, which studio.state.label holds by then.
   */
  function labels(box, { onchange }) {
    const title = Object.assign(document.createElement("span"), {
      className: "labels-title small muted",
      textContent: "Tell the decoder which digit:",
    });
    const row = document.createElement("div");
    row.className = "labels-row";
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", "The digit that the model is told");
    const buttons = CHOICES.map((label) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label === null ? "unknown" : String(label);
      button.title = label === null ? "Tell it nothing: the model has to guess the digit" : `The same handwriting as a ${label}`;
      button.dataset.label = label === null ? "" : String(label);
      button.addEventListener("click", (event) => {
        studio.set({ label });
        onchange(event);
      });
      return button;
    });
    row.append(...buttons);
    box.classList.add("labels");
    box.replaceChildren(title, row);

    function show() {
      const model = studio.model();
      box.hidden = !(model && model.takes_labels);
      for (const [i, button] of buttons.entries()) {
        button.setAttribute("aria-pressed", String(CHOICES[i] === studio.state.label));
      }
    }
    studio.on("change", (patch) => ("label" in patch || "model" in patch) && show());
    show();
  }

  /** What a call tells the server: the label, or null where the model knows none. */
  const told = () => (studio.model()?.takes_labels ? studio.state.label : null);

  Object.assign(studio, { labels, toldLabel: told });
})();
