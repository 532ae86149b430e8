// What can go wrong with a call, each with a sentence for the visitor.

/** A sentence for the visitor, from the server or from this page. */
export class StudioError extends Error {}

/** No answer came; the server may have done what it was asked for. */
export class StudioLost extends StudioError {}

/** The server cannot be reached. */
export class StudioOffline extends StudioError {}

/**
 * The sentence of whatever was thrown.
 *
 * @param {unknown} error
 */
export const sentenceOf = (error) => (error instanceof Error && error.message) || String(error);
