from sidestream_bridge import engine
import no_such_module

engine("without-module").run()
