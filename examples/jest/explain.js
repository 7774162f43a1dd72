const { guidedBackprop } = require('guided-saliency');
const { colorize, encodePng } = require('guided-saliency/image');

/** A PNG of what the model's top class reacts to. */
exports.explain = async function explain(model, x) {
  const map = guidedBackprop(model, x);
  try {
    return { values: await map.array(), png: encodePng(await colorize(map)) };
  } finally {
    map.dispose();
  }
};
