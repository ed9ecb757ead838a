// A plan as HTML and as a model.py: what picture.py, foreseen.py and writing.py make of it.
"use strict";

const { HEADS, CAPTION, BAR, OVER, MARKS, START, RESIDUAL, NET, NO_BIAS, RECIPE } = PLANNER;

// ---- as HTML: picture.py -----------------------------------------------------------------------

function drawn(found) {
  const heads = HEADS.map((head) => `<th scope="col">${head}</th>`).join("");
  const rows = found.layers.map((layer) => rowOf(layer, found)).join("");
  const findings = foreseen(found).map((check) => `<li>${escaped(check)}</li>`).join("");
  return (
    `<div class="plan">${budget(found)}<table aria-label="${CAPTION}"><thead><tr>${heads}</tr>` +
    `</thead><tbody>${rows}</tbody></table><ul>${findings}</ul></div>`
  );
}

function budget(found) {
  const most = RULES.fewer_parameters_than - 1;
  const left = `${commas(Math.abs(found.left))} ${found.left >= 0 ? "left" : "too many"}`;
  const style = bar(found.parameters / most, found.left < 0 ? OVER : BAR);
  const fits = !foreseen(found).some((check) => check.startsWith(MARKS.fail));
  const verdict = fits ? `fits ${RULES.name}` : "not yet";
  return (
    `<p class="budget"${style}><strong>${commas(found.parameters)}</strong> of ${commas(most)} ` +
    `parameters, <strong>${left}</strong>; ${commas(found.work)} multiply-adds an image: ` +
    `<strong>${verdict}</strong></p>`
  );
}

function rowOf(layer, found) {
  const { channels, rows } = layer.after;
  const most = (what) => Math.max(...found.layers.map(what)) || 1;
  const over = layer.total >= RULES.fewer_parameters_than ? OVER : BAR;
  const sees = seenBy(layer.after);
  const cells = [
    cell(`${channels}×${rows}×${rows}`, sizeOf(layer.after) / most((one) => sizeOf(one.after))),
    cell(`${sees}`, sees / SIDE),
    places(layer),
    cell(counted(layer.parameters), layer.parameters / most((one) => one.parameters), over),
    cell(counted(layer.work), layer.work / most((one) => one.work)),
  ];
  const head = `${escaped(layer.word.text)} <small>${does(layer)}</small>`;
  return `<tr><th scope="row">${head}</th>${cells.join("")}</tr>`;
}

function places(layer) {
  if (!layer.slides.length) return cell("", 0);
  const share = Math.min(...layer.slides.map((slide) => slide.share));
  const one = layer.slides.find((slide) => slide.covers);
  return one ? cell(`1 of ${one.before ** 2}`, share, OVER) : cell(`${even(100 * share)}%`, share);
}

const counted = (count) => (count ? commas(count) : "");
const cell = (text, share, colour = BAR) => `<td${bar(share, colour)}>${text}</td>`;

function bar(share, colour) {
  const percent = Math.min(100, Math.trunc(100 * share));
  const stops = `${colour} ${percent}%,transparent ${percent}%`;
  return percent ? ` style="background:linear-gradient(90deg,${stops})"` : "";
}

// Python rounds a half to the even number.
function even(number) {
  const down = Math.floor(number);
  return number - down === 0.5 ? down + (down % 2) : Math.round(number);
}

function does(layer) {
  return layer.all.filter((part) => part.type !== "Flatten").map(nameOf).join(", ");
}

function nameOf(part) {
  switch (part.type) {
    case "Conv2d": return `Conv2d ${part.kernel}x${part.kernel}${part.groups > 1 ? " depthwise" : ""}`;
    case "Pool": return `${poolName(part)} ${part.kernel}x${part.kernel}`;
    case "Activation": return part.name;
    case "Dropout": return `Dropout ${part.percent}%`;
    case "Residual": return "Residual of two Conv2d 3x3";
    default: return part.type;
  }
}

const poolName = (part) => (part.kind === "max" ? "MaxPool2d" : "AvgPool2d");
const escaped = (text) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;").replaceAll("'", "&#x27;");

// ---- what the checks will say: foreseen.py -----------------------------------------------------

function foreseen(found) {
  const said = (status, ...words) => `${MARKS[status]} ${words.filter(Boolean).join(" · ")}`;
  return [
    scores(found, said),
    fewEnough(found, said),
    noDense(found, said),
    ...(found.finished ? [said("skip", "note", ending(found.layers.at(-1)))] : []),
  ];
}

function scores(found, said) {
  if (found.finished) return said("pass", "interface", "(N, 1, 28, 28) to (N, 10)");
  const { channels, rows } = found.layers.at(-1).after;
  const left = `${channels}x${rows}x${rows} is left where ten scores should be`;
  return said("fail", "interface", left, "end the line with gap");
}

function fewEnough(found, said) {
  const count = commas(found.parameters);
  if (found.left >= 0) {
    const allowed = commas(RULES.fewer_parameters_than);
    return said("pass", "parameters", `${count}, and fewer than ${allowed} are allowed`);
  }
  const steps = found.layers.flatMap((layer) => layer.steps.map((step) => ({ layer, ...step })));
  const greedy = steps.reduce((most, step) => (step.stored > most.stored ? step : most));
  const holds = `${named(greedy.layer)} (${greedy.operation}) holds ${commas(greedy.stored)} of the ${count}`;
  let advice = holds;
  if (greedy.operation.startsWith("conv2d 1x1")) {
    advice += ": it costs inputs × outputs, so narrow what it joins";
  } else if (greedy.operation.startsWith("conv2d")) {
    advice += ": fewer channels there pay most, or squeeze them first with a 1x1 convolution";
  }
  return said("fail", "parameters", `${count} parameters are ${commas(-found.left)} too many`, advice);
}

function noDense(found, said) {
  const slides = found.layers.flatMap((layer) => layer.slides.map((slide) => [layer, slide]));
  const told = slides.filter(([, slide]) => slide.remark);
  const remarks = new Map(told.map(([layer, slide]) => [`${named(layer)}: ${slide.remark}`, slide]));
  const refused = [...remarks].filter(([, slide]) => slide.covers).map(([why]) => why);
  if (refused.length && !RULES.whole_map_allowed) {
    const hint = "average over all places and score with a 1x1: gap";
    return said("fail", "no-dense", refused.join("; "), hint);
  }
  return said("pass", "no-dense", "none", [...remarks.keys()].join("; "));
}

function ending({ word, parts, ending: made, steps }) {
  if (made.some((part) => part.type === "Conv2d")) {
    return `${word.text} ends it with a Conv2d 1x1 to the ten scores, ${steps.at(-1).stored} parameters`;
  }
  if (parts.at(-1).type === "Conv2d") {
    return `${word.text} makes the ten scores: neither BatchNorm nor ReLU behind it`;
  }
  return `the ten channels behind ${word.text} are the ten scores`;
}

const named = (layer) => `word ${layer.word.place}, ${layer.word.text}`;

// ---- as a model.py: writing.py -----------------------------------------------------------------

function written(found) {
  if (!found.finished) throw new Wrong("expected a network with ten scores: end the line with gap");
  const parts = found.layers.flatMap((layer) => layer.all);
  const has = (type, among = parts) => among.some((part) => part.type === type);
  return [
    `${filled(`"""${commas(found.parameters)} parameters, planned as: ${found.line}`)}\n`,
    START,
    has("Residual") ? RESIDUAL : "",
    NET,
    has("BatchNorm2d") ? NO_BIAS : "",
    ...layersOf(found),
    "\n    def forward(self, x):\n",
    ...forward(found),
    `\n\n${RECIPE}`,
  ].join("");
}

function filled(text) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines.at(-1) ? `${lines.at(-1)} ${word}` : word;
    if (longer.length <= WIDTH) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.join("\n");
}

function layersOf(found) {
  const out = [];
  let before = { channels: 1, sees: 1, jump: 1, rows: SIDE };
  for (const block of found.blocks) {
    out.push(`        self.${block.name} = nn.Sequential(\n`);
    for (const part of block.layers.flatMap((layer) => layer.all)) {
      const after = followAll([part], before).at(-1)?.after ?? before;
      const same = Object.keys(after).every((key) => after[key] === before[key]);
      const sees = seenBy(after);
      const comment = same ? "" : `  # ${shape(after)}, sees ${sees} x ${sees}`;
      out.push(`${lines(part, " ".repeat(12))},${comment}\n`);
      before = after;
    }
    out.push("        )\n");
  }
  return out;
}

function forward(found) {
  const rest = found.blocks.slice(0, -1).map(
    ({ name, layers }) => `        x = self.${name}(x)  # ${shape(layers.at(-1).after)}\n`
  );
  return [...rest, `        return self.${found.blocks.at(-1).name}(x)  # 10 scores\n`];
}

const shape = ({ channels, rows }) => `${channels} x ${rows} x ${rows}`;

function lines(part, indent) {
  if (part.type !== "Residual") return indent + spelled(part);
  const sides = [part.body, part.shortcut].map((side) => sequence(side, `${indent}    `));
  return `${indent}Residual(\n${sides.join("")}${indent})`;
}

function sequence(parts, indent) {
  if (!parts.length) return `${indent}nn.Identity(),\n`;
  const inside = parts.map((part) => `${indent}    ${spelled(part)},\n`).join("");
  return `${indent}nn.Sequential(\n${inside}${indent}),\n`;
}

function spelled(part) {
  switch (part.type) {
    case "Conv2d": {
      const usual = { stride: 1, padding: 0, groups: 1, bias: true };
      const python = (value) => (value === false ? "False" : value);
      const odd = Object.keys(usual).filter((key) => part[key] !== usual[key]);
      const settings = odd.map((key) => `${key}=${python(part[key])}`);
      return `nn.Conv2d(${[part.inputs, part.outputs, part.kernel, ...settings].join(", ")})`;
    }
    case "BatchNorm2d": return `nn.BatchNorm2d(${part.channels})`;
    case "Pool": {
      const stride = part.stride === part.kernel ? "" : `, stride=${part.stride}`;
      return `nn.${poolName(part)}(${part.kernel}${stride})`;
    }
    case "Dropout": return `nn.Dropout(${part.percent / 100})`;
    case "AdaptiveAvgPool2d": return "nn.AdaptiveAvgPool2d(1)";
    case "Activation": return `nn.${part.name}()`;
    default: return `nn.${part.type}()`;
  }
}
