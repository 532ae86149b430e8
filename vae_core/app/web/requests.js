// studio.requests: an answer belongs to the request that asked for it, or it is dropped.
//
// A visitor is faster than the network: by the time an answer comes, another model, another picture
// or a move of the hand may have made it wrong. Whoever asks the server and shows the answer asks
// through here, and never counts turns of its own.
(() => {
  "use strict";
  const { studio } = window;

  /** Leaves a job whose request no longer counts; nobody but `ask` sees it. */
  class Dropped extends Error {}

  /**
   * Requests of one kind, of which only the newest counts.
   *
   * about      () => what an answer belongs to beside its place in the row: when that has changed,
   *            the answer is dropped. The chosen model, unless told otherwise.
   * onerror    (sentence, error): what went wrong in a request that still counts. Without it such
   *            an error leaves `ask`.
   * onbusy     (boolean): whether a request that counts is under way.
   *
   * Returns
   *   ask(job)  runs the async job(still), and drops the one before. In it `await still(promise)`
   *             is the answer, or ends the job where the request no longer counts. Resolves to
   *             whether the job came to its end.
   *   drop()    the visitor did something else meanwhile: nothing that is under way counts.
   *   open      whether a request that counts is under way.
   */
  function requests({ about = () => studio.state.model, onerror, onbusy } = {}) {
    let newest = 0;
    let open = 0; // the turn under way that counts, or 0

    function settle(turn) {
      if (!open || open !== turn) return;
      open = 0;
      onbusy?.(false);
    }

    function drop() {
      newest++;
      settle(open);
    }

    async function ask(job) {
      drop();
      const turn = ++newest;
      const subject = about();
      const counts = () => turn === newest && subject === about();
      const still = async (promise) => {
        try {
          const answer = await promise;
          if (counts()) return answer;
        } catch (error) {
          if (counts()) throw error;
        }
        throw new Dropped();
      };
      open = turn;
      onbusy?.(true);
      try {
        await job(still);
        return counts();
      } catch (error) {
        if (error instanceof Dropped || !counts()) return false;
        if (!onerror) throw error;
        onerror(error.message || String(error), error);
        return false;
      } finally {
        settle(turn);
      }
    }

    return { ask, drop, get open() { return open !== 0; } };
  }

  studio.requests = requests;
})();
