// One question at a time while a knob turns, and always one for its last position.

/**
 * @param {() => Promise<unknown>} job
 * @returns {() => Promise<void>} runs it, or once more after the run that is under way
 */
export function oneAtATime(job) {
  let isRunning = false;
  let isDue = false;
  return async () => {
    isDue = true;
    if (isRunning) return;
    isRunning = true;
    try {
      while (isDue) {
        isDue = false;
        await job();
      }
    } finally {
      isRunning = false;
    }
  };
}
