"""The server with few descriptors: `python -m tests.faults.few_descriptors NUMBER`, as after `ulimit -n NUMBER`."""

import resource
import sys

import main

if __name__ == "__main__":
    number = int(sys.argv[1])
    sys.argv = ["main.py"]
    resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))
    main.main()
