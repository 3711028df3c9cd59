/** The engine's own section with its type. */
import type * as t from 'io-ts'

/** Sections that have been looked at, by the codec they fit. */
const known = new WeakMap<t.Any, WeakSet<object>>()

/**
 * What is set of the engine's own section, typed by the codec that `engine({ config })` was given: a handler is written
 * before its engine, and cannot know that.
 *
 * @throws TypeError when it is another engine's codec
 */
export const configOf = <C extends t.Any>(
  { config }: { readonly config: unknown },
  codec: C,
): t.TypeOf<C> => {
  const fitting = known.get(codec) ?? new WeakSet()
  known.set(codec, fitting)
  const isObject = typeof config === 'object' && config !== null
  if (isObject && fitting.has(config)) return config
  if (!codec.is(config))
    throw new TypeError(
      `The engine's config is no ${codec.name}: give configOf the codec of engine({ config })`,
    )
  if (isObject) fitting.add(config)
  return config
}
