package io.github.batonlock.cli;

/** The script of the guard, for any POSIX shell: see {@link Guard}. */
final class GuardScript {
  /**
   * Its arguments: the text that the environment of the child's processes contains; the grace in
   * 1/100 s; the seconds between two looks at the clock, and the same in 1/100 s.
   *
   * <p>It reads lines of words: {@code child PID}; {@code until NOW FIRST LAST}, when to send
   * SIGTERM and SIGKILL at the latest, in 1/100 s after NOW, which is the machine's uptime or
   * {@code -}; {@code signal NAME}; {@code end}. It answers each with a dot. It tells with an x
   * that it ends the child.
   */
  static final String TEXT =
      """
      trap '' HUP INT QUIT TERM TSTP PIPE
      mark=$1 grace=$2 pause=$3 step=$4
      child= first= last= since= killat= stage=held now=0 next=0 found=' ' alive=yes

      # The clock of this machine, which counts suspends, too; elsewhere the looks are counted.
      if [ -r /proc/uptime ]; then
        tick() { read -r up rest </proc/uptime && now=${up%.*}${up#*.}; now=${now#0}; now=${now#0}; }
      else
        tick() { :; }
      fi

      # All processes that are no zombies, as pid:parent.
      if [ -r /proc/self/stat ]; then
        processes() {
          all=
          stats=$(cat /proc/[0-9]*/stat)
          set -f
          IFS='
      '
          for line in $stats; do
            rest=${line##*) }
            case $rest in Z*|X*) continue ;; esac
            rest=${rest#* }
            all="$all ${line%% *}:${rest%% *}"
          done
          unset IFS
          set +f
          marked=$(grep -lsF -e "$mark" /proc/[0-9]*/environ | tr -c '0-9\\n' ' ')
        }
      else
        processes() {
          all=$(ps -A -o pid= -o ppid= -o stat= | while read -r pid parent state; do
            case $state in Z*) ;; *) echo "$pid:$parent" ;; esac
          done)
          marked=
        }
      fi

      # The child, what descends from it, and what bears its mark: $found; what lives of that: $alive.
      look() {
        processes
        for pid in $child $marked; do
          case $found in *" $pid "*) ;; *) found="$found$pid " ;; esac
        done
        more=yes
        while [ "$more" ]; do
          more=
          for pair in $all; do
            case $found in *" ${pair#*:} "*)
              case $found in *" ${pair%:*} "*) ;; *) found="$found${pair%:*} " more=yes ;; esac
            esac
          done
        done
        alive=
        for pair in $all; do
          case $found in *" ${pair%:*} "*) alive="$alive ${pair%:*}" ;; esac
        done
      }

      send() {
        [ -z "$child" ] || [ -z "$alive" ] || kill -s "$1" "$child"
        look
        [ -z "$alive" ] || kill -s "$1" $alive
      }

      due() { [ "$1" ] && [ "$now" -ge "$1" ]; }

      act() {
        if [ $stage = held ] && { [ "$since" ] || due "$first"; }; then
          stage=ending killat=$((now + grace))
          [ -z "$last" ] || [ "$killat" -le "$last" ] || killat=$last
          echo x
          send TERM
        fi
        if [ $stage = ending ] && due "$killat"; then
          stage=over
        fi
        if [ $stage = over ]; then
          send KILL
        elif [ "$since" ] && due "$next" && [ $((killat - now)) -gt 100 ]; then
          look
          next=$((now + 100))
        fi
        # A child whose start was not told may be on its way.
        if [ "$since" ] && { [ "$child" ] || [ "$now" -ge $((since + 200)) ]; }; then
          [ "$alive" ] || exit 0
        fi
      }

      {
        while sleep "$pause" && echo tick; do :; done &
        cat
        echo gone
        wait
      } | while read -r word a b c; do
        case $word in
          tick) [ -r /proc/uptime ] || now=$((now + step)) ;;
          child) child=$a ;;
          until) [ "$a" = - ] && a=$now; first=$((a + b)) last=$((a + c)) ;;
          signal) kill -s "$a" "$child" ;;
          gone) tick; since=$now ;;
          end) exit 0 ;;
        esac
        [ "$word" = tick ] || [ "$word" = gone ] || echo .
        tick
        act
      done
      """;

  private GuardScript() {}
}
