/** An OpenRPC document for people. */
import type { ContentDescriptor, MethodObject, OpenRpcDocument } from '../engine/open-rpc.js'
import { shapeText } from './shape-text.js'
import { printable, type Style } from './style.js'

/** What every engine has; named in one line. */
const builtin = /^(?:bridge|engine|health|log|rpc)\.|^\$\//

/** @param only - the one method to tell of */
export const describeText = (
  { info, methods }: OpenRpcDocument,
  only: string | undefined,
  style: Style,
): string => {
  if (only !== undefined) {
    return methods
      .filter(({ name }) => name === only)
      .map((method) => methodText(method, style))
      .join('')
  }
  const own = methods.filter(({ name }) => !builtin.test(name))
  const others = methods.filter(({ name }) => builtin.test(name)).map(({ name }) => name)
  return [
    `${style.bold(printable(info.title))} ${printable(info.version)}`,
    ...(info.description === undefined ? [] : [printable(info.description)]),
    '',
    ...own.map((method) => `${methodText(method, style)}\n`),
    style.dim(`As in every engine: ${others.join(', ')}`),
  ].join('\n')
}

const methodText = (method: MethodObject, style: Style): string => {
  const { name, description, result, errors = [] } = method
  const stream = method['x-stream']
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['params', paramsText(method, style)],
    ['progress', stream?.progress && shapeText(stream.progress)],
    ['parts', stream?.partial && shapeText(stream.partial)],
    ['result', result && shapeText(result.schema)],
    [
      'errors',
      errors.map(({ code, data }) => `${(data as { kind: string }).kind} (${code})`).join(', ') ||
        undefined,
    ],
  ]
  const title = `${style.cyan(printable(name))}${method['x-notification'] === true ? style.dim(' (notification)') : ''}`
  return [
    title,
    ...(description === undefined ? [] : [`  ${printable(description)}`]),
    ...facts.flatMap(([label, text]) =>
      text === undefined ? [] : [`  ${style.dim(label.padEnd(8))}  ${text}`],
    ),
  ].join('\n')
}

/** One param a line: they are what is looked for. */
const paramsText = (method: MethodObject, style: Style): string => {
  const whole = method['x-params']
  if (whole !== undefined) return shapeText(whole)
  if (method.params.length === 0) return method['x-strict'] === true ? 'none' : 'any'
  const names = method.params.map(
    ({ name, required }) => `${printable(name)}${required ? '' : '?'}`,
  )
  const columns = Math.max(...names.map(({ length }) => length))
  const row = ({ schema, description }: ContentDescriptor, i: number): string => {
    const told = description === undefined ? '' : `  ${style.dim(printable(description))}`
    return `${(names[i] as string).padEnd(columns)}  ${shapeText(schema)}${told}`
  }
  return method.params.map(row).join(`\n${' '.repeat(12)}`)
}
