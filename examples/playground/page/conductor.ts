import { proxy, wrap, type Remote } from 'comlink';
import type { Pixels } from 'guided-saliency/image';
import type { Ask, Checked, Explained, Look, ModelFacts, Randomized } from '../messages';
import { factsOf as methodFacts } from '../methods';
import { backendNames, type BackendName, type Settings } from '../settings';
import type { Laboratory } from '../worker/laboratory';
import { measured } from './measured';
import type { ModelSource } from './modelSource';
import type { PhotoSource } from './photoSource';

/** All that a picture is made of. */
export interface Wanted {
  readonly settings: Settings;
  readonly model: ModelSource;
  readonly photo: PhotoSource;
  /** Counts how often the map was to be checked. */
  readonly checks: number;
}

/** What there is to be shown. */
export interface View {
  readonly facts: ModelFacts | null;
  readonly explained: Explained | null;
  /** What that is a map of, which is not what is wanted while another is made, or was stopped. */
  readonly shown: Wanted | null;
  /** What there is to see of the first map before there are words for it. */
  readonly early: { readonly photo: Pixels; readonly picture: Pixels } | null;
  readonly randomized: Randomized | null;
  /** What is known of the map; null as long as nobody asked. */
  readonly checked: Checked | null;
  readonly backends: readonly BackendName[];
  /** What is going on; null when all is done. */
  readonly busy: string | null;
  /** How far what takes many passes is, 0...1; null for what does not. */
  readonly progress: number | null;
  readonly error: string | null;
}

export const emptyView: View = {
  facts: null,
  explained: null,
  shown: null,
  early: null,
  randomized: null,
  checked: null,
  backends: backendNames,
  busy: 'Loading the network …',
  progress: null,
  error: null,
};

/**
 * Asks the worker for what is wanted, one thing after the other; what is wanted no more by the time it would
 * be asked for is left out.
 */
export class Conductor {
  private readonly laboratory: Remote<Laboratory>;
  private wanted: Wanted | undefined;
  /** What was shown last; nothing where that failed. */
  private done: Partial<Wanted> = {};
  /** What the worker has been given, but what failed. */
  private given: {
    readonly model?: ModelSource;
    readonly backend?: BackendName;
    readonly photo?: PhotoSource;
  } = {};
  /** Whose range was told; from then on whoever uses the page has the last word. */
  private ranged: ModelSource | undefined;
  /** What is being made. */
  private making: Wanted | undefined;
  /** What the maps under random layers were made of. */
  private compared: readonly unknown[] = [];
  private view: View = emptyView;

  /**
   * @param onView Is told whenever there is something else to be shown.
   * @param onChange Is told what is to be wanted instead: what black and white are for a model whose files
   *   say so, and how many layers can be random, where more are wanted.
   */
  constructor(
    worker: Worker,
    private readonly onView: (view: View) => void,
    private readonly onChange: (change: Partial<Settings>) => void,
  ) {
    this.laboratory = wrap<Laboratory>(worker);
    worker.addEventListener('error', (event) => {
      this.show({ busy: null, error: `the worker does not run: ${event.message}` });
    });
  }

  /** Sees to it that this is shown, soon. */
  want(wanted: Wanted): void {
    this.wanted = wanted;
    if (!this.making) void this.run();
    else if (this.view.progress !== null && isOtherMap(wanted, this.making)) void this.laboratory.cancel();
  }

  /** Stops what takes many passes. */
  cancel(): void {
    void this.laboratory.cancel();
  }

  /** The maps that are shown, alone: nothing of the photo behind them. */
  alone(colors: Look['colors']): Promise<Pixels[]> {
    return this.laboratory.redraw({ colors, strength: 1 });
  }

  private async run(): Promise<void> {
    let made: Wanted | undefined;
    for (let wanted = this.wanted; wanted && wanted !== made; wanted = this.wanted) {
      this.making = wanted;
      this.show({ error: null, busy: this.view.busy ?? 'Working …' });
      try {
        await this.make(wanted);
        this.done = wanted;
        this.drawn(wanted.settings);
      } catch (error) {
        this.fail(error as Error, wanted);
      }
      made = wanted;
      this.show({ progress: null });
    }
    this.making = undefined;
    this.show({ busy: null });
  }

  private async make(wanted: Wanted): Promise<void> {
    const { settings, model } = wanted;
    const { settings: before } = this.done;
    await this.load(wanted);
    const { range } = this.view.facts!;
    const isNew = model !== this.ranged;
    this.ranged = model;
    if (isNew && range !== null && range !== settings.range) {
      this.onChange({ range });
      return;
    }
    if (isOtherMap(wanted, this.done)) await this.explain(wanted);
    else if (before && !same(lookOf(before), lookOf(settings))) await this.redraw(lookOf(settings));
    if (this.wanted === wanted) await this.randomize(wanted);
    if (this.wanted === wanted && wanted.checks !== (this.done.checks ?? 0)) await this.check(settings);
    if (this.view.backends === backendNames && model === this.wanted?.model) await this.listBackends();
  }

  /** Gives the worker what it does not have yet: the model, the backend and the photo, all at once. */
  private async load({ settings: { backend }, model, photo }: Wanted): Promise<void> {
    const isOtherModel = model !== this.given.model;
    const isElsewhere = isOtherModel || backend !== this.given.backend;
    if (isElsewhere) {
      const busy = isOtherModel ? 'Loading the network …' : `Starting on ${backend} …`;
      this.show({
        busy,
        randomized: null,
        ...(isOtherModel ? { facts: null, explained: null, shown: null, early: null } : {}),
      });
    }
    const waited = await Promise.allSettled([
      isOtherModel && measured('weights', this.laboratory.openModel(model.from, model.labels)),
      isElsewhere && measured('backend', this.start(backend)),
      photo !== this.given.photo && measured('photo', this.take(photo)),
    ]);
    const [hasModel, isStarted, hasPhoto] = waited.map(({ status }) => status === 'fulfilled');
    this.given = {}; // should the model not go onto the backend
    if (isElsewhere && hasModel && isStarted) {
      this.show({ facts: await measured('model', this.laboratory.facts()) });
    }
    this.given = { ...(hasModel && { model }), ...(isStarted && { backend }), ...(hasPhoto && { photo }) };
    const failed = waited.find((one) => one.status === 'rejected');
    if (failed) throw failed.reason;
  }

  private async take(photo: PhotoSource): Promise<void> {
    await this.laboratory.take(await photo.load());
  }

  /** Starts a backend; where it does not start, as in a link from elsewhere, the one that always does. */
  private async start(backend: BackendName): Promise<void> {
    try {
      await this.laboratory.start(backend);
    } catch (error) {
      if (backend === 'cpu' || !(error as Error).message.startsWith('the backend ')) throw error;
      this.show({ error: `The backend ${backend} does not start here: this is cpu, which is slow.` });
      await this.laboratory.start('cpu');
    }
  }

  /** What else could be chosen is asked once there is something to see. */
  private async listBackends(): Promise<void> {
    this.show({ backends: await this.laboratory.backends() });
  }

  private async explain(wanted: Wanted): Promise<void> {
    const { settings, photo } = wanted;
    this.show({ busy: 'Explaining …', checked: null });
    const ask = askOf(settings);
    const onPicture = proxy((shown: Pixels, picture: Pixels) => {
      performance.mark('picture'); // for the browser's performance panel
      this.show({ early: { photo: shown, picture } });
    });
    const explaining = this.laboratory.explain(ask, lookOf(settings), onPicture, this.told());
    const explained = await measured('map and words', explaining);
    this.show({ explained, shown: wanted, progress: null });
    const isRuled = methodFacts(settings.method).rule !== undefined;
    if (!isRuled || explained.other || photo.isLive || this.wanted?.settings !== settings) return;
    this.show({ explained: { ...explained, other: await this.laboratory.compare(ask) } });
  }

  private async redraw(look: Look): Promise<void> {
    const [picture, second] = await this.laboratory.redraw(look);
    const { explained } = this.view;
    if (!picture || !explained) return;
    const other = explained.other && { ...explained.other, picture: second ?? null };
    this.show({ explained: { ...explained, picture, other } });
  }

  /** The map that is there is drawn as wanted; it may be another than wanted, where that was stopped. */
  private drawn({ colors, strength, random }: Settings): void {
    const { shown } = this.view;
    if (shown) this.show({ shown: { ...shown, settings: { ...shown.settings, colors, strength, random } } });
  }

  private async randomize(wanted: Wanted): Promise<void> {
    const { explained } = this.view;
    if (!explained || wanted.photo.isLive) return;
    const { random, range, colors, backend } = wanted.settings;
    const asked = (layers: number) => [
      wanted.model,
      wanted.photo,
      backend,
      layers,
      range,
      colors,
      explained.target,
    ];
    if (this.view.randomized && asked(random).every((part, i) => part === this.compared[i])) return;
    this.show({ busy: 'Comparing …' });
    const randomized = await this.laboratory.randomized(random, explained.target, range, colors);
    this.compared = asked(randomized.layers);
    this.show({ randomized });
    if (randomized.layers < random && this.wanted === wanted) this.onChange({ random: randomized.layers });
  }

  private async check(settings: Settings): Promise<void> {
    const { explained } = this.view;
    if (!explained) return;
    this.show({ busy: 'Checking the map …', progress: 0 });
    const ask = { ...askOf(settings), target: explained.target };
    const checked = await this.laboratory.check(ask, this.told());
    this.show({ checked });
  }

  private told(): (done: number, total: number) => void {
    return proxy((done: number, total: number) => this.show({ progress: done / total }));
  }

  private fail(error: Error, wanted: Wanted): void {
    const isStopped = error.name === 'AbortError';
    // what failed is tried again with the next wish; what was stopped is not
    this.done = isStopped ? wanted : {};
    if (!isStopped) this.show({ error: error.message });
    else if (this.wanted === wanted) this.show({ error: 'Stopped. The map is the one before.' });
  }

  private show(change: Partial<View>): void {
    this.view = { ...this.view, ...change };
    this.onView(this.view);
  }
}

/** Whether something else is to be explained. */
function isOtherMap(wanted: Wanted, { settings, model, photo }: Partial<Wanted>): boolean {
  if (!settings || wanted.model !== model || wanted.photo !== photo) return true;
  return settings.backend !== wanted.settings.backend || !same(askOf(settings), askOf(wanted.settings));
}

function askOf({ method, target, second, layer, range }: Settings): Ask {
  return { method, target, second, layer, range };
}

function lookOf({ colors, strength }: Settings): Look {
  return { colors, strength: strength / 100 };
}

function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
