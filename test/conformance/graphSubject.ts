import { loadGraphModelSync } from '@tensorflow/tfjs-converter';
import { io, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';
import type { ConformanceCase, Subject } from './conformanceCase';
import { sizeOf, type Random } from './random';

/** The attributes of a node, as a reader would write them; a list of whole numbers or texts is one, too. */
type Attribute =
  number | string | boolean | readonly number[] | readonly string[] | { float: number } | { type: string };

interface NodeDef {
  readonly name: string;
  readonly op: string;
  readonly input: readonly string[];
  readonly attr: Record<string, unknown>;
}

const SCALE = 2 ** -12;
const LOWEST = -8;

/**
 * Writes a frozen graph as tfjs-converter stores it.
 *
 * Float weights are stored as 16-bit whole numbers with a power of two as scale: they come out as the very
 * same numbers in float32 and where the reference computes in float64.
 */
export class GraphWriter {
  readonly nodes: NodeDef[] = [];
  private readonly specs: io.WeightsManifestEntry[] = [];
  private readonly data: Uint8Array[] = [];

  constructor(private readonly random: Random) {}

  placeholder(name: string, shape: readonly number[], dtype: 'DT_FLOAT' | 'DT_INT32'): string {
    const dim = shape.map((size, i) => ({ size: String(i === 0 ? -1 : size) }));
    return this.add('Placeholder', name, [], { dtype: { type: dtype }, shape: { shape: { dim } } });
  }

  /** A constant of random floats. */
  weight(shape: readonly number[], low = -1, high = 1): string {
    return this.floats(this.random.values(sizeOf(shape), low, high), shape);
  }

  /** A float constant; values from -8 to 8. */
  floats(values: readonly number[], shape: readonly number[] = [values.length]): string {
    const quantized = Uint16Array.from(values, (value) => Math.round((value - LOWEST) / SCALE));
    return this.constant('DT_FLOAT', quantized, {
      shape: [...shape],
      dtype: 'float32',
      quantization: { dtype: 'uint16', scale: SCALE, min: LOWEST },
    });
  }

  float(value: number): string {
    return this.floats([value], []);
  }

  /** A constant of whole numbers. */
  integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.constant('DT_INT32', Int32Array.from(values), { shape: [...shape], dtype: 'int32' });
  }

  integer(value: number): string {
    return this.integers([value], []);
  }

  booleans(values: readonly boolean[], shape: readonly number[] = [values.length]): string {
    return this.constant('DT_BOOL', Uint8Array.from(values, Number), { shape: [...shape], dtype: 'bool' });
  }

  /** An op; its further outputs are `name:1`, `name:2` ... */
  node(op: string, input: readonly string[], attributes: Record<string, Attribute> = {}): string {
    const attr = Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [key, attribute(value)]),
    );
    return this.add(op, `${op}_${this.nodes.length}`, input, attr);
  }

  artifacts(inputs: readonly string[], outputs: readonly string[]): io.ModelArtifacts {
    const entries = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, { name }]));
    return {
      modelTopology: { node: this.nodes, versions: { producer: 1 } },
      signature: { inputs: entries(inputs), outputs: entries(outputs) },
      format: 'graph-model',
      weightSpecs: this.specs,
      weightData: joined(this.data),
    };
  }

  private add(op: string, name: string, input: readonly string[], attr: Record<string, unknown>): string {
    this.nodes.push({ name, op, input, attr });
    return name;
  }

  private constant(
    type: string,
    values: Uint8Array | Uint16Array | Int32Array,
    spec: Omit<io.WeightsManifestEntry, 'name'>,
  ): string {
    const name = this.add('Const', `Const_${this.nodes.length}`, [], { dtype: { type } });
    this.specs.push({ ...spec, name });
    this.data.push(new Uint8Array(values.buffer));
    return name;
  }
}

function attribute(value: Attribute): unknown {
  const text = (s: string) => btoa(s);
  if (typeof value === 'number') return { i: String(value) };
  if (typeof value === 'string') return { s: text(value) };
  if (typeof value === 'boolean') return { b: value };
  if ('float' in value) return { f: value.float };
  if ('type' in value) return { type: value.type };
  if (value.length === 0) return { list: {} };
  return {
    list: typeof value[0] === 'string' ? { s: value.map((s) => text(String(s))) } : { i: value.map(String) },
  };
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  return io.CompositeArrayBuffer.join(parts.map((part) => part.slice().buffer));
}

/** Adds the ops of a case; answers with the outputs. */
type Write = (graph: GraphWriter, ...inputs: string[]) => string | readonly string[];

type Extras = Partial<Pick<ConformanceCase, 'range' | 'integer' | 'pinned'>>;

/** One case: a graph of a few ops on inputs of the given shapes, the batch included. */
export function graphCase(
  subject: string,
  label: string,
  inputs: readonly (readonly number[])[],
  write: Write,
  extras: Extras & { reference?: Write } = {},
): ConformanceCase {
  const { reference, ...rest } = extras;
  return {
    subject,
    name: `${subject}: ${label}`,
    inputs,
    range: [-1, 1],
    ...rest,
    build: (random) => graphSubject(inputs, write, random, rest.integer === true),
    ...(reference
      ? { reference: (random: Random) => graphSubject(inputs, reference, random, rest.integer === true) }
      : {}),
  };
}

function graphSubject(
  inputs: readonly (readonly number[])[],
  write: Write,
  random: Random,
  integer: boolean,
): Subject {
  const graph = new GraphWriter(random);
  const names = inputs.map((shape, i) =>
    graph.placeholder(`x${i}`, shape, integer ? 'DT_INT32' : 'DT_FLOAT'),
  );
  const written = write(graph, ...names);
  // TF.js knows one output of a node by itself: further ones leave through a node of their own, as in TF2
  const outputs = (typeof written === 'string' ? [written] : written).map((name) =>
    name.includes(':') ? graph.node('Identity', [name]) : name,
  );
  const model = loadGraphModelSync(graph.artifacts(names, outputs));
  return {
    model,
    forward: (xs) => {
      const named: NamedTensorMap = Object.fromEntries(xs.map((x, i): [string, Tensor] => [names[i]!, x]));
      const y = model.execute(named, [...outputs]);
      return Array.isArray(y) ? y : [y];
    },
    reset: () => undefined,
    dispose: () => model.dispose(),
  };
}
