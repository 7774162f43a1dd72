import { missingKernel, nameOfLayer } from '../backends/missingKernel';

/** Where the kernels run that somebody follows: in which layer, and whether inside another kernel. */
export abstract class LayerFollower {
  /** Above 0 inside a kernel, whose own kernels are its own affair. */
  protected depth = 0;
  protected path: string | undefined;

  /** Runs `body`, the kernels of one layer: errors about them name its path. */
  at<T>(path: string, body: () => T): T {
    const before = this.path;
    this.path = path;
    try {
      return body();
    } catch (error) {
      throw missingKernel(error, nameOfLayer(path));
    } finally {
      this.path = before;
    }
  }

  protected hidden<T>(body: () => T): T {
    this.depth++;
    try {
      return body();
    } finally {
      this.depth--;
    }
  }
}
