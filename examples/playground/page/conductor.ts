import { proxy, wrap, type Remote } from 'comlink';
import type { Pixels } from 'guided-saliency/image';
import { defaultLabels } from '../labels';
import type { Ask, Explained, Look, ModelFacts, Randomized } from '../messages';
import { backendNames, type BackendName, type Settings } from '../settings';
import type { Laboratory } from '../worker/laboratory';
import type { PhotoSource } from './photoSource';

/** Where a model comes from: the default one, or files of the user's own. */
export interface ModelSource {
  readonly name: string;
  readonly files?: readonly File[];
}

export const defaultModel: ModelSource = { name: 'MobileNetV2 from nsfwjs' };

/** All that a picture is made of. */
export interface Wanted {
  readonly settings: Settings;
  readonly model: ModelSource;
  readonly photo: PhotoSource;
}

/** What there is to be shown. */
export interface View {
  readonly facts: ModelFacts | null;
  readonly explained: Explained | null;
  readonly randomized: Randomized | null;
  readonly backends: readonly BackendName[];
  /** What is going on; null when all is done. */
  readonly busy: string | null;
  /** How far a method of many passes is, 0...1; null for no such method. */
  readonly progress: number | null;
  readonly error: string | null;
}

export const emptyView: View = {
  facts: null,
  explained: null,
  randomized: null,
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
  private done: Partial<Wanted> = {};
  private isRunning = false;
  /** What the maps under random layers were made of. */
  private compared: readonly unknown[] = [];
  private view: View = emptyView;

  /** @param onView Is told whenever there is something else to be shown. */
  constructor(
    worker: Worker,
    private readonly onView: (view: View) => void,
  ) {
    this.laboratory = wrap<Laboratory>(worker);
    worker.addEventListener('error', (event) => {
      this.show({ busy: null, error: `the worker does not run: ${event.message}` });
    });
    void this.laboratory.backends().then((backends) => this.show({ backends }));
  }

  /** Sees to it that this is shown, soon. */
  want(wanted: Wanted): void {
    this.wanted = wanted;
    if (this.isRunning) {
      if (this.view.progress !== null && this.isOtherMap(wanted)) void this.laboratory.cancel();
    } else void this.run();
  }

  /** Stops a method of many passes. */
  cancel(): void {
    void this.laboratory.cancel();
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    for (let wanted = this.wanted; wanted && wanted !== this.done; wanted = this.wanted) {
      this.show({ error: null, busy: this.view.busy ?? 'Working …' });
      try {
        await this.make(wanted);
      } catch (error) {
        this.fail(error as Error, wanted);
      }
      this.done = wanted;
      this.show({ progress: null });
    }
    this.show({ busy: null });
    this.isRunning = false;
  }

  private async make(wanted: Wanted): Promise<void> {
    const { settings, model, photo } = wanted;
    const { settings: before, model: modelBefore, photo: photoBefore } = this.done;
    const isOtherModel = model !== modelBefore;
    if (isOtherModel) {
      this.show({ busy: 'Loading the network …' });
      if (model.files) await this.laboratory.openModel(model.files);
      else await this.laboratory.openModel(new URL('model/model.json', document.baseURI).href, defaultLabels);
    }
    if (isOtherModel || settings.backend !== before?.backend) {
      this.show({ busy: `Starting on ${settings.backend} …`, randomized: null });
      const facts = await this.start(settings.backend);
      this.show({ facts, ...(isOtherModel ? { explained: null } : {}) });
    }
    if (photo !== photoBefore) {
      this.show({ busy: 'Reading the photo …' });
      await this.laboratory.take(await photo.load());
    }
    if (this.isOtherMap(wanted)) await this.explain(settings);
    else if (before && !same(lookOf(before), lookOf(settings))) await this.redraw(lookOf(settings));
    if (this.wanted === wanted) await this.randomize(wanted);
  }

  /** Starts a backend; where it does not start, as in a link from elsewhere, the one that always does. */
  private async start(backend: BackendName): Promise<ModelFacts> {
    try {
      return await this.laboratory.start(backend);
    } catch (error) {
      if (backend === 'cpu' || !(error as Error).message.startsWith('the backend ')) throw error;
      this.show({ error: `The backend ${backend} does not start here: this is cpu, which is slow.` });
      return this.laboratory.start('cpu');
    }
  }

  /** Whether something else is to be explained than was. */
  private isOtherMap({ settings, model, photo }: Wanted): boolean {
    const { settings: before, model: modelBefore, photo: photoBefore } = this.done;
    if (!before || model !== modelBefore || photo !== photoBefore) return true;
    const isSame = before.backend === settings.backend && before.range === settings.range;
    return !isSame || !same(askOf(before), askOf(settings));
  }

  private async explain(settings: Settings): Promise<void> {
    this.show({ busy: 'Explaining …' });
    const onProgress = proxy((done: number, total: number) => this.show({ progress: done / total }));
    const explained = await this.laboratory.explain(
      askOf(settings),
      lookOf(settings),
      settings.range,
      onProgress,
    );
    this.show({ explained, progress: null });
  }

  private async redraw(look: Look): Promise<void> {
    const picture: Pixels | undefined = await this.laboratory.redraw(look);
    const { explained } = this.view;
    if (picture && explained) this.show({ explained: { ...explained, picture } });
  }

  private async randomize(wanted: Wanted): Promise<void> {
    const { facts, explained } = this.view;
    if (!facts || facts.randomLayers === 0 || !explained || wanted.photo.isLive) return;
    const { random, range, colors, backend } = wanted.settings;
    const asked = [wanted.model, wanted.photo, backend, random, range, colors, explained.target];
    if (this.view.randomized && asked.every((part, i) => part === this.compared[i])) return;
    this.show({ busy: 'Comparing …' });
    const randomized = await this.laboratory.randomized(random, explained.target, range, colors);
    this.compared = asked;
    this.show({ randomized });
  }

  private fail(error: Error, wanted: Wanted): void {
    if (error.name !== 'AbortError') this.show({ error: error.message });
    else if (this.wanted === wanted) this.show({ error: 'Stopped. The map is the one before.' });
  }

  private show(change: Partial<View>): void {
    this.view = { ...this.view, ...change };
    this.onView(this.view);
  }
}

function askOf({ method, target, layer }: Settings): Ask {
  return { method, target, layer };
}

function lookOf({ colors, strength }: Settings): Look {
  return { colors, strength: strength / 100 };
}

function same(a: object, b: object): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
