import { it } from 'vitest';

// the tests of a backend that this machine lacks: skipped, and seen to be
it.skip(process.env['MISSING_BACKEND'] ?? 'a backend is missing', () => {});
