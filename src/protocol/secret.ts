/** Settings that nobody may see. */
import * as t from 'io-ts'
import type { SettingCodec } from './setting.js'

/** What stands in the place of a secret, wherever one would be shown. */
export const hidden = '***'

/** A value that shows itself to nobody: printed, logged, inspected or put into a text it is `***`. */
export class Secret<A = string> {
  readonly _tag = 'Secret'
  readonly #value: A

  constructor(value: A) {
    this.#value = value
  }

  /** The value itself, for whoever has to use it. */
  reveal(): A {
    return this.#value
  }

  toString(): string {
    return hidden
  }

  toJSON(): string {
    return hidden
  }

  /** For Node's `util.inspect`, and so for `console.log`. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return hidden
  }
}

/** How a codec of secrets is known, by structure: there may be several copies of this package. */
export interface SecretFacts<C extends t.Any = t.Any> {
  readonly secret: { readonly of: C }
}

/** Of any copy of this package. */
export const isSecret = (value: unknown): value is Secret<unknown> =>
  typeof value === 'object' &&
  value !== null &&
  (value as Secret)._tag === 'Secret' &&
  typeof (value as Secret).reveal === 'function'

/**
 * A codec of a value that is kept from sight. In config, `{file: path}` and `{env: NAME}` may stand for it.
 *
 * @returns decodes to a {@link Secret}, encodes to `***`
 */
export const secret = <C extends t.Any>(
  of: C,
): SettingCodec<Secret<t.TypeOf<C>>, string> & SecretFacts<C> =>
  Object.assign(
    new t.Type<Secret<t.TypeOf<C>>, string, unknown>(
      of.name,
      (value): value is Secret<t.TypeOf<C>> => isSecret(value) && of.is(value.reveal()),
      (value, context) => {
        const decoded = of.validate(value, context)
        return decoded._tag === 'Left' ? decoded : t.success(new Secret(decoded.right))
      },
      () => hidden,
    ),
    { secret: { of } } satisfies SecretFacts<C>,
  )
