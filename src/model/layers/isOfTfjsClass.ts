import { serialization } from '@tensorflow/tfjs-core';

/** TF.js's classes by their names, as they were before a user could register one under the same name. */
const known: Map<string, unknown> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ Object.entries(/* @__PURE__ */ registered()).map(([name, entry]) => [name, entry?.[0]]),
);

/** Whether a layer or an activation is of TF.js's class of its name. */
export function isOfTfjsClass(made: { getClassName(): string }): boolean {
  const name = made.getClassName();
  // tfjs-layers may be loaded after us
  if (!known.has(name)) known.set(name, registered()[name]?.[0]);
  return known.get(name) === made.constructor;
}

function registered(): Readonly<Record<string, readonly [unknown, unknown] | undefined>> {
  return serialization.SerializationMap.getMap().classNameMap;
}
