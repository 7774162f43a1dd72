import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { readOptions, redis, shard } from '../../examples/batch/options';

const read = (...options: string[]) => readOptions(['node', 'batch', ...options]);

describe('readOptions', () => {
  it('takes guided for guidedBackprop, and says what is left out', () => {
    const { workers, ...others } = read('--input', 'photos', '--output', 'maps', '--method', 'guided');
    expect(workers).toBeGreaterThan(0);
    expect(others).toEqual({
      ...{ input: 'photos', output: 'maps', method: 'guidedBackprop', inputRange: [0, 1], backend: 'wasm' },
      ...{ chunk: 64, queueLimit: 100 },
    });
  });

  it('wants neither input nor output of who serves a queue', () => {
    expect(read('--serve', '--queue', 'redis://localhost')).toMatchObject({ serve: true });
  });
});

describe('shard', () => {
  it('is counted from 0', () => {
    expect(shard('0/8')).toEqual({ index: 0, count: 8 });
    expect(shard('7/8')).toEqual({ index: 7, count: 8 });
  });

  it.each(['8/8', '1', '0/0', '-1/8', 'a/8'])('refuses %s', (text) => {
    expect(() => shard(text)).toThrow(
      new InvalidArgumentError('Expected two numbers, from 0/8 to 7/8 of eight.'),
    );
  });
});

describe('redis', () => {
  it('is an address', () => {
    expect(redis('rediss://user:word@host:6379/1')).toBe('rediss://user:word@host:6379/1');
    for (const text of ['http://host', 'host:6379', '6379']) {
      expect(() => redis(text)).toThrow(new InvalidArgumentError('Expected redis://host:port.'));
    }
  });
});
