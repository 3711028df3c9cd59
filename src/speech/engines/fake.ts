/** The built-in engine `fake`: every method of a speech engine, and no understanding. */
import { packageVersion } from '../../version.js'
import { fakeBackend } from '../fake.js'
import { speechEngine } from '../speech-engine.js'

export default speechEngine({
  name: 'fake',
  version: packageVersion,
  description: 'Hears speech and makes up what is said. For tests and demos.',
  backend: fakeBackend(),
})
