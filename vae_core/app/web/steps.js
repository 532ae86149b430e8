// The way of a picture to its digit, folded under a picture input, with a knob for each step.
(() => {
  const studio = (window.studio ??= {});

  const MARKUP = `
    <summary>How it became a digit</summary>
    <ol class="steps-film"></ol>
    <div class="steps-knobs row" role="group" aria-label="Adjust the steps">
      <label>ink is <select data-step="polarity">
        <option value="auto">found out</option><option value="dark">dark on light</option><option value="light">light on dark</option></select></label>
      <label>stroke <select data-step="stroke">
        <option value="auto">as MNIST's</option><option value="keep">kept</option>
        <option value="1.5">thin</option><option value="2.2">medium</option><option value="3.2">bold</option></select></label>
      <label class="threshold">threshold <input type="range" data-step="threshold" min="0.02" max="0.98" step="0.02" aria-label="Threshold between paper and ink"><output></output></label>
    </div>`;

  /** One stage of the digitizer: its picture, its name, what it found. */
  function frame(stage) {
    const item = document.createElement("li");
    const image = Object.assign(document.createElement("img"), { src: stage.image, alt: stage.title });
    image.classList.toggle("crisp", Math.max(stage.width, stage.height) <= 64);
    const title = Object.assign(document.createElement("b"), { textContent: stage.title });
    const note = Object.assign(document.createElement("span"), { className: "muted", textContent: stage.note });
    item.append(image, title, note);
    return item;
  }

  /**
   * Build the folded film at the end of `root`.
   * onadjust(options): a knob was turned; options are those of the digitizer, {} at rest.
   * Returns {show(answer), reset()}: an answer of the server, and a new picture.
   */
  function steps(root, onadjust) {
    const box = Object.assign(document.createElement("details"), { className: "steps", hidden: true });
    box.innerHTML = MARKUP;
    root.append(box);
    const knob = (name) => box.querySelector(`[data-step=${name}]`);
    const output = box.querySelector("output");
    let options = {};
    let timer = 0;

    function turn(name, value) {
      if (value === "auto") delete options[name];
      else options[name] = value;
      clearTimeout(timer);
      timer = setTimeout(() => onadjust({ ...options }), 60);
    }

    knob("polarity").addEventListener("change", ({ target }) => turn("polarity", target.value));
    knob("stroke").addEventListener("change", ({ target }) => turn("stroke", Number(target.value) || target.value));
    knob("threshold").addEventListener("input", ({ target }) => {
      output.textContent = studio.fixed(Number(target.value), 2);
      turn("threshold", Number(target.value));
    });

    return {
      show(answer) {
        const stages = answer.stages || [];
        box.hidden = stages.length < 3; // an MNIST digit needs no steps
        box.querySelector(".steps-film").replaceChildren(...stages.map(frame));
        if (!("threshold" in options)) {
          knob("threshold").value = String(answer.threshold);
          output.textContent = studio.fixed(Number(answer.threshold), 2);
        }
      },
      reset() {
        clearTimeout(timer); // a knob's last turn belongs to the picture before
        options = {};
        knob("polarity").value = knob("stroke").value = "auto";
        box.hidden = true;
      },
    };
  }

  Object.assign(studio, { steps, stage: frame });
})();
