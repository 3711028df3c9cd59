/** Codecs of settings: what stands for one that nobody has set, what it is for, and what a change of it takes. */
import * as t from 'io-ts'

/**
 * What a changed value takes to be in force: `hot` nothing, new calls see it; `drain-restart` a new process, which a host
 * may start without losing a call; `cold` a new process, and whoever starts it has to know.
 */
export type Reload = 'hot' | 'drain-restart' | 'cold'

export interface SettingFacts<Input> {
  /** As it would stand in a file. Without one, and unless the codec takes undefined, the setting has to be made. */
  readonly default?: Input
  /** For the reference page, the schema and `config explain`. */
  readonly description?: string
  /** Default: that of the section around it, and at last `cold`. */
  readonly reload?: Reload
}

/** A codec that knows more of itself than its structure tells. Read by structure: there may be several copies of this package. */
export interface Setting {
  readonly setting: SettingFacts<unknown> & { readonly of: t.Any }
}

export type SettingCodec<A, O = unknown> = t.Type<A, O, unknown>

/** How a value stands in a file; what a secret encodes to is not it. */
type Written<C extends t.Any> = C extends {
  readonly secret: { readonly of: infer S extends t.Any }
}
  ? t.OutputOf<S>
  : t.OutputOf<C>

/**
 * Gives a codec a default, a description, and the reach of its changes:
 *
 * ```ts
 * engine({ config: t.strict({ threads: setting(t.number, { default: 2, description: 'CPU threads a model may use.' }) }) })
 * ```
 */
export const setting = <C extends t.Any>(
  of: C,
  facts: SettingFacts<Written<C>>,
): SettingCodec<t.TypeOf<C>, t.OutputOf<C>> =>
  Object.assign(
    new t.Type<t.TypeOf<C>, t.OutputOf<C>, unknown>(
      of.name,
      of.is,
      (value, context) => of.validate(value === undefined ? facts.default : value, context),
      of.encode,
    ),
    { setting: { ...facts, of } } satisfies Setting,
  )

/** Settings that belong together. All keys are known; each has its default when the whole section is left out. */
export const section = <P extends t.Props>(
  settings: P,
  facts: Omit<SettingFacts<never>, 'default'> = {},
): SettingCodec<t.TypeOfProps<P>, t.OutputOfProps<P>> =>
  setting(t.strict(settings), { ...facts, default: {} as t.OutputOfProps<P> })

/** A setting that may be left out, for nothing in its place. */
export const optional = <C extends t.Any>(codec: C): t.UnionC<[C, t.UndefinedC]> =>
  t.union([codec, t.undefined])
