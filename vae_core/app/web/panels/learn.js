// Learn: the list of lessons with what is done of them, and a list of one's own.

import { on } from "../core/events.js";
import { keepAside, onTravel, openedWith } from "../core/state.js";
import { attributes, button, find, make } from "../parts/nodes.js";
import { LESSONS } from "./learn/lessons.js";
import { OwnList } from "./learn/own_list.js";
import { forgetProgress, progress, setProgress } from "./learn/progress.js";
import { lessonStrip } from "./learn/strip.js";

/** @import { Lesson } from "./learn/types.js" */

const PROGRESS = "progress";

/** So that it can be undone that it is forgotten. */
const rememberProgress = () => keepAside(PROGRESS, JSON.stringify(progress()));

/**
 * @param {Lesson} lesson
 * @param {number} done steps
 * @param {boolean} isNext the first that is not done
 */
function card(lesson, done, isNext) {
  const { key, title, about, steps } = lesson;
  const isDone = done >= steps.length;
  const first = isDone ? 0 : done;
  const words = isDone ? "Again" : done ? "Go on" : "Begin";
  const start = button(words, { className: isNext ? "primary" : "" }, async () => {
    const strip = await lessonStrip();
    await strip.start(lesson, first);
  });
  start.dataset.testid = `lesson-${key}`;
  attributes(start, { "aria-label": `${words}: ${title}` });
  const said = isDone ? "done" : `${done} of ${steps.length} steps`;
  const bar = attributes(
    make("progress", { max: steps.length, value: Math.min(done, steps.length) }),
    { "aria-label": `${title}: ${said}` },
  );
  const text = make(
    "div",
    {},
    make("h3", { textContent: title }),
    make("p", { className: "muted", textContent: about }),
  );
  const side = make(
    "div",
    { className: "lesson-progress" },
    bar,
    make("span", { className: "small muted", textContent: said }),
  );
  return make("li", { className: "lesson-card" }, text, side, start);
}

/** @param {HTMLElement} element */
export function mount(element) {
  const root = find(element, "[data-testid=panel-learn]");
  const list = make("ol", { className: "lessons" });
  const show = () => {
    const kept = progress();
    const done = LESSONS.map(({ key }) => Number(kept[key]) || 0);
    const next = LESSONS.findIndex(({ steps }, i) => done[i] < steps.length);
    list.replaceChildren(...LESSONS.map((each, i) => card(each, done[i], i === next)));
  };
  const about =
    "Ten short lessons over the panels of this app, each on a real model of MNIST’s handwritten digits, whichever model is chosen above. A step says two or three sentences and asks for one act, which it sees when you do it.";
  const again = button("Forget my progress", { className: "plain" }, () => {
    forgetProgress();
    rememberProgress();
  });
  root.append(
    make(
      "div",
      { className: "learn-head" },
      make("h2", {}, "Ten lessons"),
      make("p", { className: "muted" }, about),
    ),
    list,
    make("div", { className: "row" }, again),
    new OwnList().element,
  );
  on("progress", show);
  on("panel", (panel) => panel === "learn" && rememberProgress());
  onTravel([PROGRESS], () => setProgress(JSON.parse(openedWith(PROGRESS) ?? "{}")));
  rememberProgress();
  show();
}
