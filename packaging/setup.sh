# Sourced by ./packaging/run, ./packaging/test and ./packaging/window: makes a virtual environment and brings what
# Foleyscape needs.
# Nothing here asks a question. Done once, it costs one comparison of a stamp.

house=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
venv=$house/.venv
python=$venv/bin/python
unset PYTHONHOME PYTHONPATH
export PYTHONNOUSERSITE=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

say() { printf 'foleyscape: %s\n' "$*" >&2; }
give_up() { say "$*"; exit 1; }

# set_up KIND - KIND is "use" for people, "dev" for everything the checks need as well, "window" for the window alone.
set_up() {
    local kind=$1
    is_current "$kind" && return
    make_venv
    install_system_libraries
    install_foleyscape "$kind"
    [ "$kind" = dev ] && stamp > "$venv/.set-up-use"
    stamp > "$venv/.set-up-$kind"
}

# What an installation depends on: the project file, the locked versions, the interpreter, and where the checkout stands.
stamp() {
    cat "$house/pyproject.toml" "$house/packaging/constraints.txt" | cksum
    "$python" -c 'import sys; print(sys.version)'
    printf '%s\n' "$house"
}

is_current() {
    [ -x "$python" ] && [ -x "$venv/bin/foleyscape" ] && [ -f "$venv/.set-up-$1" ] &&
        [ "$(stamp 2> /dev/null)" = "$(cat "$venv/.set-up-$1")" ]
}

make_venv() {
    if [ -x "$python" ] && "$python" -c "$is_new_enough" 2> /dev/null && "$python" -m pip --version > /dev/null 2>&1; then
        return
    fi
    local base
    base=$(find_python) || exit 1
    say "making $venv with $("$base" --version)"
    "$base" -m venv --clear "$venv" || give_up "$base could not make $venv; what it said stands above."
}

is_new_enough='import sys; sys.exit(sys.version_info < (3, 11))'
has_venv='import ensurepip, venv'

# Prints a Python of 3.11 or later that can make virtual environments.
find_python() {
    local name found=''
    for name in ${FOLEYSCAPE_PYTHON:-python3.12 python3.13 python3.11 python3.14 python3}; do
        "$name" -c "$is_new_enough" 2> /dev/null || continue
        found=${found:-$name}
        "$name" -c "$has_venv" 2> /dev/null && { printf '%s\n' "$name"; return; }
    done
    [ -n "$found" ] || give_up "Python 3.11 or later is needed and was not found. On Debian or Ubuntu: apt-get install python3 python3-venv"
    local package
    package=$("$found" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
    install_packages "$package" && "$found" -c "$has_venv" 2> /dev/null && { printf '%s\n' "$found"; return; }
    give_up "$found cannot make virtual environments, because the package $package is missing. Install it (apt-get install $package) and try again."
}

install_system_libraries() {
    local missing
    missing=$(missing_packages)
    [ -n "$missing" ] || return 0
    # One word per package is meant.
    # shellcheck disable=SC2086
    install_packages $missing || true
    missing=$(missing_packages)
    [ -z "$missing" ] ||
        say "the engine works, but the window and playback will need system packages: apt-get install $missing"
}

# Prints the packages of the libraries which the dynamic linker does not know, in one line.
missing_packages() {
    local known library package missing=''
    known=$(PATH=$PATH:/usr/sbin:/sbin ldconfig -p 2> /dev/null) || return 0
    while read -r library package; do
        case $library in '' | '#'*) continue ;; esac
        case $known in *"$library "*) ;; *) missing="$missing $package" ;; esac
    done < "$house/packaging/system-libraries.txt"
    printf '%s' "${missing# }"
}

# Installs system packages if this person may; says nothing and fails if not.
install_packages() {
    command -v apt-get > /dev/null || return 1
    local as_root=()
    if [ "$(id -u)" != 0 ]; then
        sudo -n true 2> /dev/null || return 1
        as_root=(sudo -n)
    fi
    say "installing system packages: $*"
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120)
    "${apt[@]}" install -y --no-install-recommends "$@" > /dev/null 2>&1 && return
    "${apt[@]}" update > /dev/null 2>&1
    "${apt[@]}" install -y --no-install-recommends "$@" > /dev/null 2>&1
}

install_foleyscape() {
    local quiet=(--quiet) size='6 GB'
    [ "$1" = window ] && size='800 MB'
    [ -t 2 ] && quiet=()
    say "installing Foleyscape and what it stands on; the first time this takes a few minutes and about $size"
    (cd "$house" && install_packages_of "$1" >&2) ||
        give_up 'the installation failed; what pip said stands above. It can be started again at any time.'
}

install_packages_of() {
    if [ "$1" = dev ]; then
        # The checks say the same next year only with the same tools.
        "$python" -m pip install "${quiet[@]}" -e '.[dev]' -c packaging/constraints.txt
        return
    fi
    if [ "$1" = use ]; then
        "$python" -m pip install "${quiet[@]}" -e .
        return
    fi
    # Without dependencies, which would bring PyTorch; those of the window are installed first.
    "$python" packaging/window_requirements.py > "$venv/requirements.txt" &&
        "$python" -m pip install "${quiet[@]}" -r "$venv/requirements.txt" &&
        "$python" -m pip install "${quiet[@]}" --no-deps -e .
}
