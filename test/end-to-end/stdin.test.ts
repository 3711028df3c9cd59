import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { EngineProcess, endAll, engineFile } from './engine-process.js'

const test = suite('the standard input of an engine')
test.after.each(endAll)

for (const through of ['sockets', 'pipes'] as const) {
  test(`through ${through}, what was written while it started is answered in order`, async () => {
    const engine = new EngineProcess(engineFile('patient.js'), { through })
    const ids = Array.from({ length: 2000 }, (_, index) => index)
    // Characters of two bytes and more than a pipe holds: what the first read takes ends in the middle of something.
    engine.send(...ids.map((id) => ({ id, method: 'echo', params: ['ü'.repeat(id % 50)] })))
    engine.end()
    assert.equal((await engine.exit).code, 0)
    assert.equal(
      engine.frames.map(({ id, result }) => [id, result]),
      ids.map((id) => [id, ['ü'.repeat(id % 50)]]),
    )
  })

  test(`through ${through}, an input that has ended before the start ends the engine`, async () => {
    const engine = new EngineProcess(engineFile('patient.js'), { through })
    engine.end()
    assert.equal((await engine.exit).code, 0)
    assert.equal(engine.frames, [])
  })
}

test.run()
