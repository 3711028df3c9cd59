/** `detectLanguage`: of a model that knows but one. */
import { rpcError } from '../../protocol/rpc-error.js'
import type { Recognizer } from './recognizer.js'

/** @throws RpcError UnsupportedOption: native code tells a language and not how sure it is, which would have to be made up */
export const detectLanguage = (model: string, { languages = [] }: Recognizer) => {
  if (languages.length === 1) return { language: languages[0], languageProbability: 1 }
  throw rpcError(
    'UnsupportedOption',
    `sherpa-onnx does not tell how sure ${model} is of a language. Transcribe without a language: the result names it.`,
    { option: 'detectLanguage' },
  )
}
