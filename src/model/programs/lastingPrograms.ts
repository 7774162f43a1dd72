import { currentBackend } from '../../backends/backend';
import { LastingForms } from './lastingForms';
import { MadeOfWeights } from './madeOfWeights';
import { ProgramCache } from './programCache';
import type { Entry } from './programCache';

/** The programs of a prepared model, with the tensors made of its weights. */
export class LastingPrograms extends ProgramCache {
  protected override readonly lasting = true;
  /** One that is made once pays wherever folding does. */
  protected override readonly pays = () => currentBackend().foldsUpTo > 0;
  private readonly shared = new MadeOfWeights();
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

  protected override formsOf({ forms }: Entry): LastingForms {
    if (forms && !this.aside) return forms;
    const apart = new LastingForms(new MadeOfWeights());
    this.aside?.push(apart);
    return apart;
  }

  protected override newForms(): LastingForms {
    return new LastingForms(this.shared);
  }
}
