// The lines of Python that make the strip again.

/** @import { Model } from "../../core/types.js" */
/** @import { Read } from "./end.js" */

/** @param {number[]} z */
const list = (z) => `[${z.map((v) => Math.round(v * 1e4) / 1e4).join(", ")}]`;

/**
 * @param {Model} model
 * @param {{ a: Read, b: Read }} ends
 * @param {{ path: string, steps: number, labels: (number | null)[] | null }} way
 */
export function python(model, { a, b }, { path, steps, labels }) {
  if (path === "geodesic") return geodesic(model, { a, b }, { steps, labels });
  const y = labels ? ", y" : "";
  const given = labels?.map((label) => label ?? "None").join(", ");
  const shares = `vae_core.explore.shares(${given}, torch.linspace(0, 1, ${steps})[:, None])`;
  const images = `model.decode(model.from_sliders(u${y})${y}).mean.clamp(0, 1)`;
  return [
    "import torch, vae_core",
    "",
    `model = vae_core.load(${JSON.stringify(model.name)})`,
    `a = torch.tensor(${list(a.z)})`,
    `b = torch.tensor(${list(b.z)})`,
    `u = vae_core.explore.path(a, b, ${steps}, "${path}")`,
    ...(labels ? [`y = ${shares}  # of the ten classes, (${steps}, 10)`] : []),
    `images = ${images}  # (${steps}, 1, 28, 28), white ink on black`,
  ].join("\n");
}

/**
 * @param {Model} model
 * @param {{ a: Read, b: Read }} ends
 * @param {{ steps: number, labels: (number | null)[] | null }} way
 */
function geodesic(model, { a, b }, { steps, labels }) {
  const given = labels ? `, (${labels.map((label) => label ?? "None").join(", ")})` : "";
  return [
    "import torch, vae_core",
    "from vae_core.explore import geodesics, geometry",
    "",
    `model = vae_core.load(${JSON.stringify(model.name)})`,
    `a = torch.tensor(${list(a.z)})`,
    `b = torch.tensor(${list(b.z)})`,
    `decode = geometry.decoder(model${given})`,
    `found = geodesics.geodesic(decode, a, b, ${steps})  # with its codes and its length`,
    `images = geometry.pictures(decode, found.codes, found.places).view(-1, 1, 28, 28)`,
  ].join("\n");
}
