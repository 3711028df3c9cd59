/** What `rpc.discover` answers: an OpenRPC 1.3.2 document, made from the codecs of an engine's methods. */
import type { Codec } from '../protocol/codec.js'
import {
  type Definitions,
  type JsonSchema,
  newDefinitions,
  toJsonSchema,
} from '../protocol/json-schema.js'
import { acceptsUndefined, nothing } from '../protocol/json-schema-parts.js'

/** What a document says of one method. */
export interface MethodFacts {
  readonly name: string
  readonly description?: string
  readonly params?: Codec
  readonly result?: Codec
  /** The `value` of its `$/progress`. */
  readonly progress?: Codec
  /** The `value` of its `$/progress` where these are parts of the result. */
  readonly partial?: Codec
  readonly errors?: readonly ErrorFacts[]
  /** Nothing answers it. */
  readonly notification?: boolean
  readonly deprecated?: boolean
  /** `to-host`: the engine calls it. */
  readonly direction?: 'to-engine' | 'to-host'
}

export interface ErrorFacts {
  readonly code: number
  readonly message: string
  readonly data?: unknown
}

export interface EngineFacts {
  readonly name: string
  readonly version: string
  readonly description?: string
  readonly methods: readonly MethodFacts[]
}

export interface ContentDescriptor {
  readonly name: string
  readonly description?: string
  readonly required: boolean
  readonly schema: JsonSchema
}

interface Params {
  readonly paramStructure: 'by-name' | 'by-position' | 'either'
  readonly params: readonly ContentDescriptor[]
  /** Keys beyond `params` are refused; OpenRPC has no word for it. */
  readonly 'x-strict'?: true
  /** The params as a whole, where they are no list: a union, a dictionary, an array of any length. */
  readonly 'x-params'?: JsonSchema
}

export interface MethodObject extends Params {
  readonly name: string
  readonly description?: string
  readonly deprecated?: true
  readonly result?: ContentDescriptor
  readonly errors?: readonly ErrorFacts[]
  readonly 'x-direction': 'to-engine' | 'to-host'
  readonly 'x-notification'?: true
  readonly 'x-stream'?: { readonly progress?: JsonSchema; readonly partial?: JsonSchema }
}

export interface OpenRpcDocument {
  readonly openrpc: '1.3.2'
  readonly info: { readonly title: string; readonly version: string; readonly description?: string }
  readonly methods: readonly MethodObject[]
  readonly components?: { readonly schemas: Readonly<Record<string, JsonSchema>> }
}

const descriptor = (name: string, required: boolean, schema: JsonSchema): ContentDescriptor => ({
  name,
  ...(typeof schema.description === 'string' && { description: schema.description }),
  required,
  schema,
})

const byName = (schema: JsonSchema): Params => {
  const required = new Set((schema.required as readonly string[] | undefined) ?? [])
  const properties = Object.entries(schema.properties as Record<string, JsonSchema>)
  return {
    paramStructure: 'by-name',
    params: properties.map(([name, property]) => descriptor(name, required.has(name), property)),
    ...(schema.additionalProperties === false && { 'x-strict': true }),
  }
}

const byPosition = (items: readonly JsonSchema[], minItems: number): Params => ({
  paramStructure: 'by-position',
  params: items.map((item, i) => descriptor(`arg${i}`, i < minItems, item)),
})

/** A recursive codec is a reference, but as params its fields are wanted. */
const resolve = (schema: JsonSchema, codec: Codec, { names, schemas }: Definitions): JsonSchema => {
  const name = '$ref' in schema ? names.get(codec) : undefined
  return (name === undefined ? undefined : schemas[name]) ?? schema
}

const paramsOf = (codec: Codec | undefined, definitions: Definitions): Params => {
  const given = codec === undefined ? {} : toJsonSchema(codec, definitions)
  const schema = codec === undefined ? given : resolve(given, codec, definitions)
  if (schema === nothing || Object.keys(schema).length === 0) {
    return { paramStructure: 'either', params: [] }
  }
  if ('properties' in schema && !('propertyNames' in schema)) return byName(schema)
  if (Array.isArray(schema.items)) return byPosition(schema.items, Number(schema.minItems))
  const structures = { object: 'by-name', array: 'by-position' } as const
  const isKnown = schema.type === 'object' || schema.type === 'array'
  const paramStructure = isKnown ? structures[schema.type as 'object' | 'array'] : 'either'
  return { paramStructure, params: [], 'x-params': schema }
}

/** A handler that returns undefined answers null. */
const resultOf = (codec: Codec | undefined, definitions: Definitions): ContentDescriptor => {
  const schema = codec === undefined ? {} : toJsonSchema(codec, definitions)
  const isEmpty = codec === undefined || Object.keys(schema).length === 0
  const isNullable = !isEmpty && acceptsUndefined(codec)
  const orNull = schema === nothing ? { type: 'null' } : { anyOf: [schema, { type: 'null' }] }
  return descriptor('result', true, isNullable ? orNull : schema)
}

const methodObject = (facts: MethodFacts, definitions: Definitions): MethodObject => {
  const { name, description, progress, partial, errors = [], direction = 'to-engine' } = facts
  const stream = {
    ...(progress !== undefined && { progress: toJsonSchema(progress, definitions) }),
    ...(partial !== undefined && { partial: toJsonSchema(partial, definitions) }),
  }
  return {
    name,
    ...(description !== undefined && { description }),
    ...(facts.deprecated === true && { deprecated: true }),
    ...paramsOf(facts.params, definitions),
    // A method without a result may only be used as a notification, says OpenRPC.
    ...(facts.notification !== true && { result: resultOf(facts.result, definitions) }),
    ...(errors.length > 0 && {
      errors: errors.map(({ code, message, data }) => ({
        code,
        message,
        ...(data !== undefined && { data }),
      })),
    }),
    'x-direction': direction,
    ...(facts.notification === true && { 'x-notification': true }),
    ...(Object.keys(stream).length > 0 && { 'x-stream': stream }),
  }
}

/** Describes an engine. Beside the standard it has `x-direction`, `x-notification`, `x-stream`, `x-strict` and `x-params`. */
export const openRpc = ({ name, version, description, methods }: EngineFacts): OpenRpcDocument => {
  const definitions = newDefinitions('#/components/schemas/')
  const objects = methods.map((facts) => methodObject(facts, definitions))
  return {
    openrpc: '1.3.2',
    info: { title: name, version, ...(description !== undefined && { description }) },
    methods: objects,
    ...(definitions.names.size > 0 && { components: { schemas: definitions.schemas } }),
  }
}
