// A picture from the camera.

import { StudioError } from "../core/errors.js";
import { contextOf } from "../draw/digit.js";
import { make } from "./nodes.js";

/** @type {Record<string, string>} */
const SENTENCES = {
  NotAllowedError:
    "The camera was not allowed; allow it beside the address of this page, or upload a picture.",
  NotFoundError: "No camera was found; upload a picture or draw one.",
  OverconstrainedError: "No camera was found; upload a picture or draw one.",
  NotReadableError: "The camera is in use by another program; close that or upload a picture.",
};
const CONSTRAINTS = { video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false };
const QUALITY = 0.92;

/**
 * Show what the camera sees; throws a StudioError where there is none to be had.
 *
 * @param {HTMLVideoElement} video
 */
export async function openCamera(video) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new StudioError(
      "Browsers give a camera only to pages on https or localhost; upload a picture instead.",
    );
  }
  try {
    video.srcObject = await navigator.mediaDevices.getUserMedia(CONSTRAINTS);
    await video.play();
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    const otherwise = "The camera could not be opened; upload a picture instead.";
    throw new StudioError(SENTENCES[name] ?? otherwise);
  }
}

/** @param {HTMLVideoElement} video */
export function closeCamera(video) {
  const stream = /** @type {MediaStream | null} */ (video.srcObject);
  for (const track of stream?.getTracks() ?? []) track.stop();
  video.srcObject = null;
}

/**
 * What the camera sees now, as a data URI.
 *
 * @param {HTMLVideoElement} video
 */
export function photograph(video) {
  const canvas = make("canvas", { width: video.videoWidth, height: video.videoHeight });
  contextOf(canvas).drawImage(video, 0, 0);
  return canvas.toDataURL("image/jpeg", QUALITY);
}
