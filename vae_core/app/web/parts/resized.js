// What must be laid out again when its place changes its size.

/**
 * Call `fit` in the frame after each change of an element's size, the first time once it is laid
 * out. Whoever changes the layout in the observer's own turn is reported as an error of the page.
 *
 * @param {Element} element
 * @param {() => void} fit
 */
export function onResize(element, fit) {
  new ResizeObserver(() => requestAnimationFrame(fit)).observe(element);
}
