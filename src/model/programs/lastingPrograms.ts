import { currentBackend } from '../../backends/backend';
import { LastingForms } from './lastingForms';
import { MadeOfWeights } from './madeOfWeights';
import { ProgramCache } from './programCache';
import type { Entry } from './programCache';
import type { ProgramForms } from './programForms';

/** The programs of a prepared model, with the tensors made of its weights. */
export class LastingPrograms extends ProgramCache {
  protected override readonly lasting = true;
  /** One that is made once pays wherever folding does. */
  protected override readonly pays = () => currentBackend().foldsUpTo > 0;
  /** None once the model is disposed. */
  private shared: MadeOfWeights | undefined = new MadeOfWeights();
  private aside: LastingForms[] | undefined;

  /** Runs `body` with tensors of the programs that are freed after it: where nothing is computed. */
  apart(body: () => void): void {
    const made = (this.aside = []) as LastingForms[];
    try {
      body();
    } finally {
      this.aside = undefined;
      for (const forms of made) forms.dispose();
    }
  }

  /** What is still at work when the model is disposed goes on; what it makes goes with each call. */
  override clear(): void {
    super.clear();
    this.shared = undefined;
  }

  protected override formsOf(entry: Entry): ProgramForms {
    if (!this.aside) return super.formsOf(entry);
    const apart = new LastingForms(new MadeOfWeights());
    this.aside.push(apart);
    return apart;
  }

  protected override newForms(): LastingForms | undefined {
    return this.shared && new LastingForms(this.shared);
  }
}
