/** Every request is settled exactly once, through any race: a model test over thousands of random runs. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { type Fate, fates, methods, World } from './world.js'

/** The model keeps nothing that the world does not count: what must hold is checked after every command. */
type Model = { hasEnded: boolean }

const ids = ['a', 'b', 'c', 'd', 'e', 'f'] as const

abstract class Step implements fc.AsyncCommand<Model, World> {
  check(model: Readonly<Model>): boolean {
    return !model.hasEnded
  }

  async run(model: Model, world: World): Promise<void> {
    if (!world.isGone) this.act(world, model)
    await world.clock.advance(0)
    assert.equal(world.problems, [])
    if (world.isStalled) return
    for (const id of ids) assert.ok(world.open(id) <= 1, `${id} is open ${world.open(id)} times`)
  }

  abstract act(world: World, model: Model): void

  toString(): string {
    return `${this.constructor.name}(${JSON.stringify({ ...this })})`
  }
}

/** A command by its name and what it does; the name and the arguments are what a failing run prints. */
const command = (name: string, act: (world: World, model: Model) => void): Step =>
  new (class extends Step {
    act = act
    override toString = () => name
  })()

const id = fc.constantFrom(...ids)
const method = fc.constantFrom(...methods)
const fate = fc.oneof(fc.constant<Fate>('pass'), fc.constantFrom(...fates))
const position = fc.nat(5)

const request = fc.tuple(id, method, fate).map(([it, name, what]) =>
  command(`request ${it} ${name} ${what}`, (world) => {
    const isFree = world.open(it) === 0 && !world.isStalled
    world.send(world.request(it, name, what))
    const isLost = what === 'throw' || (what === 'reply throws' && name === 'now')
    if (isFree && isLost) assert.is(world.open(it), 0, `${it} was lost and not answered at once`)
  }),
)

/** Requests stand here more than once, so that most runs are about many of them. */
const commands = [
  request,
  request,
  request,
  request,
  request,
  fc.array(fc.tuple(id, method, fate), { minLength: 1, maxLength: 3 }).map((members) =>
    command(`batch ${JSON.stringify(members)}`, (world) => {
      // While a batch is open its calls are not answered one by one, so it may not repeat an id that is open.
      const fresh = members.filter(
        ([it], index) =>
          world.open(it) === 0 && members.findIndex(([other]) => other === it) === index,
      )
      const calls = fresh.map(([it, name, what]) => world.request(it, name, what))
      world.send([...calls, { jsonrpc: '2.0', method: 'note' }])
    }),
  ),
  method.map((name) =>
    command(`burst of ${name}`, (world) => {
      for (const it of ids) world.send(world.request(it, name, 'pass'))
    }),
  ),
  fc.constant(command('notification', (world) => world.send({ jsonrpc: '2.0', method: 'note' }))),
  fc
    .constantFrom('succeed', 'fail', 'throw')
    .chain((how) =>
      position.map((index) =>
        command(`${how} ${index}`, (world) => world.work[index]?.[how as 'succeed']()),
      ),
    ),
  fc
    .oneof(id, fc.constant('never sent'))
    .map((it) =>
      command(`cancel ${it}`, (world) =>
        world.send({ jsonrpc: '2.0', method: '$/cancelRequest', params: { id: it } }),
      ),
    ),
  fc.constant(command('release', (world) => world.release())),
  fc.constant(command('release', (world) => world.release())),
  fc.constant(command('stall', (world) => world.stall())),
  fc.constant(command('read', (world) => world.readOn())),
  fc.constant(command('reload', (world) => world.reload())),
  fc.constant(command('forget finished work', (world) => world.work.splice(0, 2))),
  fc.constant(
    command('shutdown', (world) => world.send({ jsonrpc: '2.0', method: 'engine.shutdown' })),
  ),
  fc.constant(
    command('end of input', (world, model) => {
      model.hasEnded = true
      world.end()
    }),
  ),
  fc.oneof(fc.integer({ min: 1, max: 600 }), fc.constant(501)).map((ms) => new Advance(ms)),
]

class Advance extends Step {
  private readonly ms: number

  constructor(ms: number) {
    super()
    this.ms = ms
  }

  override check(): boolean {
    return true
  }

  override async run(model: Model, world: World): Promise<void> {
    await world.clock.advance(this.ms)
    await super.run(model, world)
  }

  act(): void {}

  override toString(): string {
    return `advance ${this.ms}`
  }
}

const test = suite('settle once')

test('every request is answered exactly once, whatever happens', async () => {
  const seed = Number(process.env['SEED'] ?? Date.now() % 2 ** 31)
  const numRuns = Number(process.env['RUNS'] ?? 3000)
  console.log(`seed ${seed}, ${numRuns} runs`)
  await fc.assert(
    fc.asyncProperty(fc.commands(commands, { maxCommands: 40 }), async (steps) => {
      const world = new World()
      await fc.asyncModelRun(() => ({ model: { hasEnded: false }, real: world }), steps)
      world.readOn()
      await world.clock.advance(600)
      const late = ids.filter((it) => world.open(it) !== 0)
      assert.equal(late, [], 'these were not answered by their deadline of 500 ms')
      if (!world.hasEnded) world.end()
      // The drain deadline, then the deadlines of the stop hook and of flushing.
      await world.clock.advance(11_000)
      assert.ok(world.ending !== undefined, 'the engine has not ended')
      assert.equal(world.problems, [])
      const unanswered = ids.filter((it) => world.open(it) !== 0)
      assert.equal(unanswered, [], 'these were never answered')
      assert.is(world.running, 0, 'handlers still run')
      world.clock.close()
    }),
    { seed, numRuns },
  )
})

test.run()
