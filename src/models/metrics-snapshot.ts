/** What was measured in an engine, all of it at one time, with the names and units of OpenTelemetry. */
import * as t from 'io-ts'
import { anyText, described, dictionary, list, number, text, whole } from './members.js'
import { openObject, refined } from './objects.js'

const attributes = dictionary(
  t.union([t.string, t.boolean, number('A number.')]),
  'What the point is of, such as `rpc.method`. Few values each: no ids, no texts of users.',
)

export const MetricPoint = openObject('MetricPoint', 'One value.', {
  attributes,
  value: number('The value, in the unit of the metric.'),
})
export type MetricPoint = t.TypeOf<typeof MetricPoint>

export const HistogramPoint = refined(
  openObject(
    'HistogramPoint',
    'How values are spread. `counts` has one more than `bounds`: of the values up to each bound, and of those above.',
    {
      attributes,
      count: whole('How many values.'),
      sum: number('All of them together.'),
      bounds: list(number('A bound.'), 'Upper bounds, included, in ascending order.'),
      counts: list(whole('How many.'), 'Values by bound.'),
    },
    { min: number('The smallest value.'), max: number('The largest value.') },
  ),
  ({ bounds, counts }) => counts.length === bounds.length + 1,
  'with one count more than bounds',
)
export type HistogramPoint = t.TypeOf<typeof HistogramPoint>

const metric = <const K extends string, P>(
  name: string,
  kind: K,
  description: string,
  point: t.Type<P>,
) =>
  openObject(
    name,
    description,
    {
      name: text('As OpenTelemetry names it, such as `rpc.server.call.duration`.'),
      unit: anyText('In UCUM: `s`, `By`, `1`, `{call}`; empty for none.'),
      kind: described(t.literal(kind), 'What kind of metric it is.'),
      points: list(point, 'One point for each set of attributes.'),
    },
    { description: text('What it measures.') },
  )

export const CounterMetric = metric(
  'CounterMetric',
  'counter',
  'What only grows, from 0 when the engine starts.',
  MetricPoint,
)
export type CounterMetric = t.TypeOf<typeof CounterMetric>

export const GaugeMetric = metric('GaugeMetric', 'gauge', 'What goes up and down.', MetricPoint)
export type GaugeMetric = t.TypeOf<typeof GaugeMetric>

export const HistogramMetric = metric(
  'HistogramMetric',
  'histogram',
  'What is measured one by one, such as times of calls, since the engine started.',
  HistogramPoint,
)
export type HistogramMetric = t.TypeOf<typeof HistogramMetric>

export const MetricsSnapshot = openObject('MetricsSnapshot', 'All metrics at one time.', {
  takenAtMs: whole('When, in milliseconds since 1970.'),
  startedAtMs: whole('When counting began, in milliseconds since 1970.'),
  metrics: list(
    described(t.union([CounterMetric, GaugeMetric, HistogramMetric]), 'A metric, by its `kind`.'),
    'The metrics.',
  ),
})
export type MetricsSnapshot = t.TypeOf<typeof MetricsSnapshot>
