"""What the package does to the process that imports it."""

import os
import subprocess
import sys
import tempfile
import unittest

PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# As Python before 3.11 sees it, which does not know the variable.
PROGRAM = "import os; os.environ['PYTHONSAFEPATH'] = '1'; import sidestream_bridge; import json5_of_nobody"


class SafePath(unittest.TestCase):
    def test_a_module_in_the_working_directory_is_not_found_in_any_version(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "json5_of_nobody.py"), "w", encoding="utf-8") as file:
                file.write("raise SystemExit(9)")
            environment = {**os.environ, "PYTHONPATH": PACKAGE}
            environment.pop("PYTHONSAFEPATH", None)
            program = [sys.executable, "-c", PROGRAM]
            ended = subprocess.run(program, cwd=folder, env=environment, capture_output=True, text=True)
            self.assertEqual(ended.returncode, 1)
            self.assertIn("No module named 'json5_of_nobody'", ended.stderr)


if __name__ == "__main__":
    unittest.main()
