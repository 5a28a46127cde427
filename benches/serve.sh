# For scripts: three environments that answer, served by the program itself in a process of its own.

# serve PROGRAM PATHS: starts them, with `/page/1` to `/page/PATHS`. Writes `head.yaml`, which a list of endpoints makes
# a suite, to the working directory, and leaves the server's process in `server`. It serves until it is killed. Where it
# does not begin to serve, it calls `fail`.
serve() {
    local name names='development staging production'
    {
        echo 'environments:'
        for name in $names; do
            echo "  $name:"
            echo '    mock:'
            seq "$2" | sed 's|.*|      /page/&: 200|'
        done
        echo 'endpoints: [ /page/1: 200 ]'
    } >server.yaml
    mkfifo addresses
    "$1" mock server.yaml >addresses &
    server=$!
    {
        echo 'environments:'
        for name in $names; do
            read -r line || fail 'the server ended before it was asked'
            echo "  $line"
        done
        echo 'endpoints:'
    } <addresses >head.yaml
}
