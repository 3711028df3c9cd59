/** What pip's lines tell of its progress. The lines are pip 23's. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { pipStart, pipStep } from '../../../src/speech/setup/pip-progress.js'

const test = suite('pip progress')
const after = (...lines: readonly string[]) => lines.reduce(pipStep, pipStart)

test('counts packages, wherever they come from', () => {
  const seen = after(
    "Ignoring anyio: markers 'python_version == \"3.9\"' don't match your environment",
    'Looking in indexes: https://pypi.example/simple',
    'Collecting av==18.1.0 (from -r /x/faster-whisper.txt (line 4))',
    '  Downloading av-18.1.0-cp311-abi3-manylinux_2_28_x86_64.whl.metadata (4.8 kB)',
    '  Downloading https://pypi.example/av-18.1.0-cp311-abi3-manylinux_2_28_x86_64.whl (35.8 MB)',
    'Requirement already satisfied: idna==3.20 in /x/lib (3.20)',
    'Processing ./wheels/huggingface_hub-2.4.0-py3-none-any.whl (from -r /x.txt (line 30))',
  )
  assert.equal(seen, { seen: 3, message: 'huggingface_hub', isUnpacking: false })
})

test('names what is fetched, with its size', () => {
  assert.is(after('  Using cached hf_xet-1.8.0-cp37-abi3-x.whl (4.3 MB)').message, 'hf_xet, 4.3 MB')
  const url = '  Downloading https://h.example/a/b/jieba-0.42.1.tar.gz (19.2 MB)'
  assert.is(after(url).message, 'jieba, 19.2 MB')
  const built = after('Building wheels for collected packages: jieba')
  assert.is(built.message, 'building jieba')
})

test('tells when all are here, and are unpacked', () => {
  const { isUnpacking, message } = after('Installing collected packages: flatbuffers, tqdm')
  assert.equal([isUnpacking, message], [true, 'unpacking'])
})

test.run()
