// The planner's arithmetic without Python: a line of words in, sizes as HTML or a model.py out.
//
//   const found = plan("8 12 p 16 gap")      // throws Wrong, with a sentence, where it is no network
//   drawn(found); written(found)
//
// It says what autograder/planning/ says, letter for letter (tests/lessons/test_plan_script.py), and
// its functions have the names of those there. Words, limits and the texts of a file come from
// there as PLANNER, which pages.py writes into planner.data.js.
"use strict";

const { SIDE, DIGITS, KERNEL, POOL, DROPOUT, MOST_WORDS, MOST_CHANNELS } = PLANNER;
const { KINDS, SWITCHES, SUFFIXES, OTHERWISE, RULES, WIDTH } = PLANNER;

class Wrong extends Error {}

// ---- words: grammar.py -------------------------------------------------------------------------

function read(typed) {
  const line = typed.replaceAll(",", " ").trim().split(/\s+/).join(" ");
  const found = [...line.matchAll(/\S+/g)].map((m) => [m.index, m.index + m[0].length]);
  if (!found.length) {
    throw wrong({ line, start: 0, end: 0 }, "expected a network such as 8 12 p 16 gap, found no word");
  }
  if (found.length > MOST_WORDS) {
    const [start, end] = found[MOST_WORDS];
    throw wrong({ line, start, end }, `expected at most ${MOST_WORDS} words, found ${found.length}`);
  }
  return found.map(([start, end], place) => wordAt(line, start, end, place + 1));
}

function wordAt(line, start, end, place) {
  const text = line.slice(start, end);
  const bare = { line, start, end, place, text, kind: text.toLowerCase() };
  if (SWITCHES.includes(bare.kind)) return bare;
  const usual = bare.kind.replace(/^1x(\d+)$/, "$1k1").replace(/^(\d)/, "c$1");
  const form = usual.match(/^(c|do|d|r|p|a|gap)(\d*)((?:[a-z]\d*)*)$/);
  if (!form) throw wrong(bare, unknown(text));
  const [, kind, number, rest] = form;
  const suffixes = [...rest.matchAll(/([a-z])(\d*)/g)];
  if (kind !== "gap" && !suffixes.every(([, letter]) => letter in SUFFIXES)) {
    throw wrong(bare, unknown(text));
  }
  const settings = {};
  for (const [, letter, digits] of suffixes) {
    const name = SUFFIXES[letter] ?? "";
    if (!KINDS[kind].includes(letter)) throw wrong(bare, notTaken(kind, letter));
    if (name in settings || !digits) {
      const why = name in settings ? "once" : "with its number";
      throw wrong(bare, `expected the ${name} ${why}, as in c16k5s2p1, found ${quoted(text)}`);
    }
    settings[name] = Number(digits.slice(0, 6));
  }
  const word = { ...bare, kind, number: number ? Number(number.slice(0, 6)) : null, ...settings };
  checkNumbers(word);
  return word;
}

function unknown(text) {
  const expected = `expected a word such as c16, p, do5 or gap, found ${quoted(text)}`;
  const meant = OTHERWISE.find(([pattern]) => RegExp(`^(?:${pattern})$`).test(text.toLowerCase()));
  return meant ? `${expected}: ${meant[1]}` : `${expected}; autograde plan --help lists all`;
}

function notTaken(kind, letter) {
  const names = [...KINDS[kind]].map((known) => SUFFIXES[known]);
  const takes = names.length ? `takes ${names.join(" and ")} alone` : "takes no setting";
  return `${kind} ${takes}, found ${quoted(SUFFIXES[letter] ?? letter)} behind it`;
}

function checkNumbers(word) {
  const { kind, number, kernel, stride, padding } = word;
  const outside = (value, least, most) => value != null && !(least <= value && value <= most);
  if (kind === "c" && number === null) {
    throw wrong(word, "expected how many channels, as in c16, found c alone");
  }
  if (["c", "d", "r"].includes(kind) && outside(number, 1, MOST_CHANNELS)) {
    throw wrong(word, `expected 1 to ${commas(MOST_CHANNELS)} channels, found ${commas(number)}`);
  }
  if (["p", "a"].includes(kind) && outside(number, 2, SIDE)) {
    const hint = number < 2 ? `; a padding stands right behind its layer: c16p${number}` : "";
    throw wrong(word, `expected a pool of 2 to 28 rows, found ${number}${hint}`);
  }
  if (kind === "do" && outside(number, 1, 90)) {
    throw wrong(word, `expected a dropout of 1 to 90 percent, found ${number}`);
  }
  if (kind === "gap" && number !== null) {
    throw wrong(word, "gap takes no number: it averages all places, whatever the map");
  }
  if (outside(kernel, 1, SIDE)) throw wrong(word, `expected a kernel of 1 to 28 rows, found ${kernel}`);
  if (outside(stride, 1, 14)) throw wrong(word, `expected a stride of 1 to 14, found ${stride}`);
  const side = kernel ?? KERNEL;
  if (padding != null && padding >= side) {
    const most = `less than the kernel, ${side}x${side}`;
    throw wrong(word, `expected a padding of ${most}, found ${padding}`);
  }
}

function respelled(word, changes) {
  const settings = { ...word, ...changes };
  const parts = Object.entries(SUFFIXES).map(([letter, name]) => [letter, settings[name]]);
  const given = parts.filter(([, value]) => value != null).map(([letter, value]) => letter + value);
  return `${word.kind}${word.number ?? ""}${given.join("")}`;
}

function wrong({ line, start, end }, sentence) {
  return new Wrong(`${sentence}\n${marked(line, start, end)}`);
}

function marked(line, start, end, width = 56) {
  const first = Math.max(0, Math.min(start - 10, line.length - width));
  const [before, after] = [first > 0 ? "…" : "", line.length > first + width ? "…" : ""];
  const shown = before + line.slice(first, first + width) + after;
  const place = start - first + before.length;
  const carets = "^".repeat(Math.max(1, Math.min(end - start, shown.length - place)));
  return `  ${shown}\n  ${" ".repeat(place)}${carets}`;
}

const quoted = (text) => (text.includes("'") && !text.includes('"') ? `"${text}"` : `'${text}'`);
const commas = (number) => number.toLocaleString("en-US");

// ---- layers: building.py -----------------------------------------------------------------------

const conv = (inputs, outputs, kernel, more = {}) =>
  ({ type: "Conv2d", inputs, outputs, kernel, stride: 1, padding: 0, groups: 1, bias: false, ...more });

class Builder {
  channels = 1;
  rows = SIDE;
  norm = true;
  bias = null; // null: where no BatchNorm follows
  activation = "ReLU";

  build(words) {
    const layers = words.filter((word) => !SWITCHES.includes(word.kind));
    if (!layers.length) throw wrong(words.at(-1), `expected a layer, found ${words.at(-1).text} alone`);
    const built = [];
    for (const word of words) {
      if (SWITCHES.includes(word.kind)) this.turn(word.kind);
      else {
        const last = word === layers.at(-1);
        const parts = this.parts(word, last);
        built.push({ word, parts, ending: last ? this.ending(word) : [] });
      }
    }
    return built;
  }

  turn(name) {
    if (["bn", "nobn"].includes(name)) this.norm = name === "bn";
    else if (["bias", "nobias"].includes(name)) this.bias = name === "bias";
    else this.activation = name === "relu" ? "ReLU" : "SiLU";
  }

  parts(word, last) {
    switch (word.kind) {
      case "c": return this.convolution(word, last);
      case "d": return this.depthwise(word);
      case "r": return this.residual(word);
      case "p":
      case "a": return [this.pool(word)];
      case "do": return [{ type: "Dropout", percent: word.number ?? DROPOUT }];
      default:
        this.rows = 1;
        return [{ type: "AdaptiveAvgPool2d" }];
    }
  }

  convolution(word, last) {
    const made = this.sliding(word, conv(this.channels, word.number, word.kernel ?? KERNEL));
    const scores = last && this.channels === DIGITS && this.rows === 1;
    const biased = this.withBias(made, this.norm && !scores);
    return scores ? [biased] : [biased, ...this.after()];
  }

  depthwise(word) {
    const width = this.channels;
    const each = this.sliding(word, conv(width, width, word.kernel ?? KERNEL, { groups: width }));
    if (word.number === null) return [this.withBias(each, this.norm), ...this.after()];
    const mix = this.withBias(conv(width, word.number, 1), this.norm);
    this.channels = word.number;
    return [{ ...each, bias: this.bias === true }, mix, ...this.after()];
  }

  residual(word) {
    const [inputs, stride] = [this.channels, word.stride ?? 1];
    const outputs = word.number ?? inputs;
    const [three, one] = [3, 1].map((k) => conv(inputs, outputs, k, { stride, padding: k >> 1 }));
    this.channels = outputs;
    this.rows = rowsAfter(this.rows, three);
    const after = this.after();
    const [norm, activation] = [after.slice(0, -1), after.at(-1)];
    const body = [three, ...norm, activation, { ...three, inputs: outputs, stride: 1 }, ...norm];
    const shortcut = inputs === outputs && stride === 1 ? [] : [one, ...norm];
    const normed = (part) => (part.type === "Conv2d" ? this.withBias(part, this.norm) : part);
    return [{ type: "Residual", body: body.map(normed), shortcut: shortcut.map(normed) }, activation];
  }

  pool(word) {
    const kernel = word.number ?? POOL;
    const kind = word.kind === "p" ? "max" : "avg";
    const made = { type: "Pool", kind, kernel, stride: word.stride ?? kernel };
    const found = this.rows;
    this.rows = rowsAfter(found, made);
    if (this.rows < 1) {
      const sentence = `too small for a pool of ${kernel}x${kernel}: leave it out, or pool less before it`;
      throw wrong(word, `the map is ${found}x${found} here, ${sentence}`);
    }
    return made;
  }

  sliding(word, made) {
    const placed = { ...made, stride: word.stride ?? 1, padding: word.padding ?? 0 };
    const [found, kernel] = [this.rows, placed.kernel];
    this.rows = rowsAfter(found, placed);
    if (this.rows < 1) {
      const padded = respelled(word, { padding: kernel >> 1 });
      const advice = `pad it, ${padded}, or take ${respelled(word, { kernel: found, padding: null })}`;
      const sentence = `too small for a kernel of ${kernel}x${kernel}: ${advice}`;
      throw wrong(word, `the map is ${found}x${found} here, ${sentence}`);
    }
    this.channels = placed.outputs;
    return placed;
  }

  after() {
    const norm = this.norm ? [{ type: "BatchNorm2d", channels: this.channels }] : [];
    return [...norm, { type: "Activation", name: this.activation }];
  }

  withBias(made, normed) {
    return { ...made, bias: this.bias ?? !normed };
  }

  ending(word) {
    if (this.rows > 1) return [];
    const made = [];
    if (word.kind === "gap" && this.channels !== DIGITS) {
      made.push(this.withBias(conv(this.channels, DIGITS, 1), false));
      this.channels = DIGITS;
    }
    return this.channels === DIGITS ? [...made, { type: "Flatten" }] : made;
  }
}

// ---- sizes: arithmetic.py and planned.py -------------------------------------------------------

const rowsAfter = (rows, part) =>
  Math.floor((rows + 2 * (part.padding ?? 0) - part.kernel) / part.stride) + 1;
const sizeOf = (map) => map.channels * map.rows ** 2;
const seenBy = (map) => Math.min(map.sees, SIDE);

function behind(map, reach, stride, rows, channels = map.channels) {
  const seen = Math.min(reach, map.rows - 1); // what lies in the padding sees nothing
  return { channels, sees: map.sees + seen * map.jump, jump: map.jump * stride, rows };
}

// The steps of a layer: the map that each leaves, what it stores and costs, how its kernel slides.
function follow(part, before) {
  const step = (after, operation, stored = 0, work = 0, slide = null) =>
    ({ after, operation, stored, work, slide });
  switch (part.type) {
    case "Conv2d": {
      const rows = rowsAfter(before.rows, part);
      const after = behind(before, part.kernel - 1, part.stride, rows, part.outputs);
      const kernel = (part.inputs / part.groups) * part.kernel ** 2;
      const stored = part.outputs * (kernel + part.bias);
      const slide = slideOf(part, before.rows, rows);
      const strided = part.stride > 1 ? ` /${part.stride}` : "";
      const operation = `conv2d ${part.kernel}x${part.kernel}${strided}${part.groups > 1 ? " depthwise" : ""}`;
      return [step(after, operation, stored, sizeOf(after) * kernel, slide)];
    }
    case "BatchNorm2d": return [step(before, "batch_norm", 2 * part.channels)];
    case "Pool": {
      const after = behind(before, part.kernel - 1, part.stride, rowsAfter(before.rows, part));
      return [step(after, `${part.kind}_pool2d`)];
    }
    case "AdaptiveAvgPool2d":
      return [step(behind(before, before.rows - 1, before.rows, 1), "adaptive_avg_pool2d")];
    case "Flatten": return [];
    case "Residual": {
      const [body, shortcut] = [followAll(part.body, before), followAll(part.shortcut, before)];
      const [one, other] = [body, shortcut].map((side) => side.at(-1)?.after ?? before);
      const after = { ...one, sees: Math.max(one.sees, other.sees) };
      return [...body, ...shortcut, step(after, "add")];
    }
    default: return [step(before, "")];
  }
}

function followAll(parts, before) {
  const steps = [];
  for (const part of parts) {
    steps.push(...follow(part, steps.at(-1)?.after ?? before));
  }
  return steps;
}

function slideOf({ kernel, stride }, before, after) {
  const share = Math.min(1, ((after - 1) * stride + 1) / before) ** 2;
  const onePlace = after === 1 && kernel ** 2 >= before ** 2 / 4;
  const covers = kernel > 1 && before > 1 && (kernel >= before || onePlace);
  const [ours, area] = [kernel, before].map((side) => `${side}x${side}`);
  const same = after === 1 ? ": the same arithmetic as a dense layer" : "";
  const most = before > 1 && kernel ** 2 > before ** 2 / 2;
  let remark = most ? `its ${ours} kernel covers most of its ${area} map` : "";
  if (covers) remark = `its ${ours} kernel covers its whole ${area} map${same}`;
  return { share, covers, remark, before };
}

function plan(line) {
  const words = read(line);
  let before = { channels: 1, sees: 1, jump: 1, rows: SIDE };
  let total = 0;
  const blocks = [];
  for (const [name, group] of arranged(new Builder().build(words))) {
    const layers = group.map(({ word, parts, ending }) => {
      const steps = followAll([...parts, ...ending], before);
      const sum = (what) => steps.reduce((found, step) => found + step[what], 0);
      const layer = { word, parts, ending, steps, parameters: sum("stored"), work: sum("work") };
      layer.all = [...parts, ...ending];
      layer.after = before = steps.at(-1).after;
      layer.total = total += layer.parameters;
      layer.slides = steps.map((step) => step.slide).filter(Boolean);
      return layer;
    });
    blocks.push({ name, layers });
  }
  const layers = blocks.flatMap((block) => block.layers);
  return {
    line: words[0].line,
    blocks,
    layers,
    parameters: total,
    left: RULES.fewer_parameters_than - 1 - total,
    work: layers.reduce((sum, layer) => sum + layer.work, 0),
    finished: layers.at(-1).all.at(-1).type === "Flatten",
  };
}

function arranged(built) {
  const average = built.findIndex((one) => one.parts[0].type === "AdaptiveAvgPool2d");
  const ended = built.at(-1).ending.length > 0;
  const head = average >= 0 && ended ? average : built.length - ended;
  const groups = [];
  let first = 0;
  for (let place = 0; place < head; place++) {
    const shrinks = within(built[place].parts).some((part) => part.stride > 1);
    if (place === head - 1 || shrinks) {
      groups.push([`block${groups.length + 1}`, built.slice(first, place + 1)]);
      first = place + 1;
    }
  }
  return head < built.length ? [...groups, ["head", built.slice(head)]] : groups;
}

const within = (parts) =>
  parts.flatMap((part) => [part, ...within([...(part.body ?? []), ...(part.shortcut ?? [])])]);
