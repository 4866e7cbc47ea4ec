# Sourced: sets $python to a Python that is new enough, or says what is missing.
if [ -x .tools/bin/python ]; then
  python=.tools/bin/python
else
  python=
  for name in python3 python3.14 python3.13 python3.12 python3.11 python; do
    if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      python=$name
      break
    fi
  done
  if [ -z "$python" ]; then
    echo "Attune needs Python 3.11 or newer, and none was found on this machine's PATH." >&2
    echo "Install it (on Debian or Ubuntu: apt install python3 python3-venv), then try again." >&2
    exit 1
  fi
fi
