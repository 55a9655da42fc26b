----------------------------- MODULE FirstSight -----------------------------
(***************************************************************************)
(* Takeover at first sight (docs/protocol.md, section 9): a process that   *)
(* looks once takes a dead holder's lock by the table's own clock, as the  *)
(* `Date` of the table's answers shows it. LockProtocol.tla has the rest   *)
(* of the protocol, and says how to read a model; README.md beside this    *)
(* file says in plain words what is modelled.                              *)
(***************************************************************************)
EXTENDS Integers, FiniteSets

CONSTANTS
  Clients,     \* machines, each with one process at a time
  First,       \* the one that acquires the lock first; the others look
  Foreign,     \* clients of another make: no stamps, and they use the whole lease
  Lease,       \* L
  Usable,      \* U = 0.8 L: how long a holder uses a lease
  Rates,       \* by how much a client's clocks advance in one tick of true time
  TableRate,   \* by how much the clocks of the table's hosts do
  Grain,       \* what a Date is cut to
  HostError,   \* E: how far the clock of a host may be from the table's time
  Hosts,       \* the clocks of the hosts: how far ahead of the slowest that is allowed
  Horizon,     \* how many ticks pass
  Heartbeats,  \* how many heartbeats, in all, are sent
  Looks,       \* how many reads, in all
  Marks,       \* how many marks, in all
  Takeovers,   \* how many takeovers, in all
  Naps,        \* for how many ticks, in all, a machine is suspended
  Steps,       \* how many times, in all, a wall clock is stepped
  StepBy,      \* by how much
  Undated,     \* whether the Date of an answer may be missing
  Hidden,      \* whether one machine may be suspended and its wall clock stepped back
  Broken       \* the rules that are left out: none for the protocol as it is

VARIABLES
  item,        \* the row in the table
  net,         \* writes on their way, in no order, each for as long as it likes
  cl,          \* the memory of each client
  clock,       \* the two clocks of each machine
  rate,        \* how fast they run
  now,         \* true time, in ticks
  used         \* how much of the bounds above was used up

vars == <<item, net, cl, clock, rate, now, used>>

Smaller(x, y) == IF x < y THEN x ELSE y
Larger(x, y) == IF x > y THEN x ELSE y

(***************************************************************************)
(* Data. A version is <<client, number>>: unique for every send, and it    *)
(* names the owner. `before` is the attribute sentBefore: a version, and a *)
(* time of the table's clock. A holder's stamp and a waiter's mark are     *)
(* alike. A foreign client leaves it as it is: so it names its version.    *)
(***************************************************************************)
NoVersion == <<"none", 0>>
NoTime    == [ver |-> NoVersion, at |-> 0]  \* no attribute, or 9999999999999: both say nothing
Absent    == [ver |-> NoVersion, before |-> NoTime]
Owner(ver) == ver[1]

\* The request under way: its version, when it was sent (by the machine's clocks, and truly), and
\* the item that its answer carries.
NoCall   == [state |-> "none", op |-> "none", ver |-> NoVersion,
             since |-> [mono |-> 0, wall |-> 0], at |-> 0, ok |-> FALSE, it |-> Absent]
NoBounds == [known |-> FALSE, date |-> 0,
             sent |-> [mono |-> 0, wall |-> 0], got |-> [mono |-> 0, wall |-> 0]]

Newborn(n) ==
  [phase  |-> "idle",     \* idle: would take the lock; held; over: revoked, and told so
   conf   |-> NoVersion,  \* the confirmed version, while held
   since  |-> [mono |-> 0, wall |-> 0],  \* when it was sent
   call   |-> NoCall,     \* the request under way, and its answer once it is there
   bounds |-> NoBounds,   \* what an answer said of the table's clock
   seen   |-> Absent,     \* the item that the process saw
   next   |-> n]          \* the number of the next version

Init ==
  /\ item = Absent
  /\ net = {[op |-> "acquire", by |-> First, ver |-> <<First, 1>>, on |-> NoVersion,
             before |-> NoTime]}
  /\ cl = [c \in Clients |->
       IF c = First
       THEN [Newborn(2) EXCEPT !.call = [NoCall EXCEPT !.state = "sent", !.op = "acquire",
                                                       !.ver = <<c, 1>>]]
       ELSE Newborn(1)]
  /\ clock = [c \in Clients |-> [mono |-> 0, wall |-> 0]]
  /\ rate \in [Clients -> Rates]
  /\ now = 0
  /\ used = [heartbeats |-> 0, looks |-> 0, marks |-> 0, takeovers |-> 0, naps |-> 0, steps |-> 0]

Use(what, most) == used[what] < most /\ used' = [used EXCEPT ![what] = @ + 1]

(***************************************************************************)
(* A holder, by its own clocks (LockProtocol).                             *)
(***************************************************************************)
Limit(c) == IF c \in Foreign THEN Lease ELSE Usable

Over(c, since) == clock[c].mono - since.mono >= Limit(c)
Good(c, since) == ~Over(c, since) /\ clock[c].wall - since.wall < Limit(c)

Believes(c) == cl[c].phase = "held" /\ Good(c, cl[c].since)

(***************************************************************************)
(* The table's clock, as a client knows it. An answer with Date d to a     *)
(* request that was sent at s and received at r: the clock of some host    *)
(* was in d .. d + Grain - 1 at some instant between s and r. Time that    *)
(* has passed since is counted by both clocks of the machine, and by the   *)
(* rates that they may have.                                               *)
(***************************************************************************)
Slowest == CHOOSE r \in Rates : \A s \in Rates : r <= s
Fastest == CHOOSE r \in Rates : \A s \in Rates : r >= s

AtMost(elapsed) == IF "clocks never slow" \in Broken THEN elapsed
                   ELSE -((-(elapsed * TableRate)) \div Slowest)
AtLeast(elapsed) == (elapsed * TableRate) \div Fastest

\* The larger of two differences for the upper bound, the smaller for the lower.
More(from, to) == Larger(to.mono - from.mono, to.wall - from.wall)
Less(from, to) == Smaller(to.mono - from.mono, to.wall - from.wall)

UpTo(date) == IF "Date taken as exact" \in Broken THEN date ELSE date + Grain - 1

Upper(b, to) ==
  UpTo(b.date) + AtMost(IF "upper bound by the monotonic clock" \in Broken
                        THEN to.mono - b.sent.mono ELSE More(b.sent, to))

Lower(b, to) ==
  b.date + AtLeast(IF "lower bound by the larger difference" \in Broken
                   THEN More(b.got, to) ELSE Less(b.got, to))

ByWallClocks == "wall clocks of clients" \in Broken

\* What a holder stores with the version that it sends now.
StampOf(c) ==
  LET b == cl[c].bounds
  IN CASE ByWallClocks                                 -> clock[c].wall
       [] "lower bound in the stamp" \in Broken        -> Lower(b, clock[c])
       [] "stamp as of the last answer" \in Broken     -> Upper(b, b.got)
       [] OTHER                                        -> Upper(b, clock[c])

\* What a client stores with the version that it has seen.
MarkOf(c) ==
  LET b == cl[c].bounds
  IN CASE ByWallClocks                                 -> clock[c].wall
       [] "lower bound in the mark" \in Broken         -> Lower(b, clock[c])
       [] "mark as of its Date" \in Broken             -> UpTo(b.date)
       [] OTHER                                        -> Upper(b, clock[c])

\* The least that the table's clock can be now.
TableNow(c) ==
  LET b == cl[c].bounds
  IN CASE ByWallClocks                                 -> clock[c].wall
       [] "upper bound at the takeover" \in Broken     -> Upper(b, clock[c])
       [] OTHER                                        -> Lower(b, clock[c])

(***************************************************************************)
(* The rule.                                                               *)
(***************************************************************************)
\* L (1 + g): g is 0.25 for foreign versions.
FullLease(ver) ==
  IF Owner(ver) \notin Foreign \/ "foreign lease without g" \in Broken
  THEN Lease ELSE -((-5 * Lease) \div 4)

Silence(ver) ==
  (IF "half a lease" \in Broken THEN Lease \div 2 ELSE FullLease(ver))
  + CASE "hosts agree" \in Broken          -> 0
      [] "hosts differ by half" \in Broken -> HostError
      [] OTHER                             -> 2 * HostError

Tells(it) ==
  it.before # NoTime /\ (it.before.ver = it.ver \/ "time of any version" \in Broken)

MayTakeOver(c) ==
  LET it == cl[c].seen
  IN cl[c].bounds.known /\ Tells(it) /\ TableNow(c) - it.before.at >= Silence(it.ver)

(***************************************************************************)
(* The table.                                                              *)
(***************************************************************************)
\* A mark finds the attribute as it was read: no other mark of that version came first.
Condition(m) ==
  item.ver = m.on /\ (m.op = "mark" => item.before.ver # m.on)

After(m) ==
  CASE m.op = "mark"     -> [item EXCEPT !.before = m.before]
    [] m.by \in Foreign  -> [item EXCEPT !.ver = m.ver]
    [] OTHER             -> [ver |-> m.ver, before |-> m.before]

\* A write reaches the table. If its sender still waits for it, the answer is on its way.
Deliver(m) ==
  LET ok      == Condition(m)
      c       == m.by
      awaited == cl[c].call.state = "sent" /\ cl[c].call.ver = m.ver /\ m.op # "mark"
  IN /\ net' = net \ {m}
     /\ item' = IF ok THEN After(m) ELSE item
     /\ cl' = IF awaited THEN [cl EXCEPT ![c].call = [@ EXCEPT !.state = "answered", !.ok = ok]]
              ELSE cl
     /\ UNCHANGED <<clock, rate, now, used>>

\* So does a read.
Show(c) ==
  /\ cl[c].call.state = "sent" /\ cl[c].call.op = "look"
  /\ cl' = [cl EXCEPT ![c].call = [@ EXCEPT !.state = "answered", !.it = item]]
  /\ UNCHANGED <<item, net, clock, rate, now, used>>

(***************************************************************************)
(* Requests.                                                               *)
(***************************************************************************)
MaySend(c) == cl[c].call = NoCall

Sending(c, op) ==
  [NoCall EXCEPT !.state = "sent", !.op = op, !.ver = <<c, cl[c].next>>,
                 !.since = clock[c], !.at = now]

\* A write that would be a hold. A client without bounds sends a stamp that says nothing, and any may
\* have none: its last answer may be too old, and its clocks may disagree.
Write(c, op, on) ==
  LET ver == <<c, cl[c].next>>
  IN \E before \in {NoTime} \cup (IF c \notin Foreign /\ cl[c].bounds.known
                                  THEN {[ver |-> ver, at |-> StampOf(c)]} ELSE {}) :
       /\ net' = net \cup {[op |-> op, by |-> c, ver |-> ver, on |-> on, before |-> before]}
       /\ cl' = [cl EXCEPT ![c].call = Sending(c, op), ![c].next = @ + 1]
       /\ UNCHANGED <<item, clock, rate, now>>

Heartbeat(c) ==
  /\ cl[c].phase = "held" /\ MaySend(c) /\ ~Over(c, cl[c].since)
  /\ Use("heartbeats", Heartbeats)
  /\ Write(c, "heartbeat", cl[c].conf)

\* A fresh process: it remembers nothing of the one before.
Look(c) ==
  /\ cl[c].phase = "idle" /\ c # First /\ MaySend(c)
  /\ Use("looks", Looks)
  /\ cl' = [cl EXCEPT ![c] = [Newborn(@.next) EXCEPT !.call = Sending(c, "look")]]
  /\ UNCHANGED <<item, net, clock, rate, now>>

\* The rule, and always the exact version.
Takeover(c) ==
  /\ cl[c].phase = "idle" /\ MaySend(c) /\ cl[c].seen # Absent
  /\ MayTakeOver(c)
  /\ Use("takeovers", Takeovers)
  /\ Write(c, "takeover", cl[c].seen.ver)

\* The last act of a process that goes on without the answer (it may come after the end).
Mark(c) ==
  LET it == cl[c].seen
  IN /\ cl[c].phase = "idle" /\ MaySend(c) /\ it # Absent /\ cl[c].bounds.known /\ ~Tells(it)
     /\ Use("marks", Marks)
     /\ net' = net \cup {[op |-> "mark", by |-> c, ver |-> it.ver, on |-> it.ver,
                          before |-> [ver |-> it.ver, at |-> MarkOf(c)]]}
     /\ cl' = [cl EXCEPT ![c] = Newborn(@.next)]
     /\ UNCHANGED <<item, clock, rate, now>>

(***************************************************************************)
(* Answers. The Date may be that of any instant since the send, by the     *)
(* clock of any host. The earliest makes stamps and marks as low as can    *)
(* be, the latest makes the time at a takeover as high as can be. Those    *)
(* between them permit no more: a second takeover is not modelled.         *)
(***************************************************************************)
Cut(time) == (time \div Grain) * Grain

Earliest(c) == Cut(cl[c].call.at * TableRate + CHOOSE h \in Hosts : \A k \in Hosts : h <= k)
Latest(c) == Cut(now * TableRate + CHOOSE h \in Hosts : \A k \in Hosts : h >= k)

Learnt(c) ==
  {[known |-> TRUE, date |-> d, sent |-> cl[c].call.since, got |-> clock[c]] :
     d \in {Earliest(c), Latest(c)}}
  \cup (IF Undated THEN {cl[c].bounds} ELSE {})

Gone == [Newborn(0) EXCEPT !.phase = "over"]

\* (A refused takeover is the end of its process: the next one looks.)
Answered(c) ==
  LET call == cl[c].call
  IN /\ call.state = "answered"
     /\ \E b \in Learnt(c) :
          LET me == [cl[c] EXCEPT !.call = NoCall, !.bounds = b]
          IN cl' = [cl EXCEPT ![c] =
               CASE call.op = "look" -> [me EXCEPT !.seen = call.it]
                 [] call.op # "look" /\ call.ok /\ (me.phase = "held" \/ Good(c, call.since)) ->
                      [me EXCEPT !.phase = "held", !.conf = call.ver, !.since = call.since,
                                 !.seen = Absent]
                 [] OTHER -> Gone]
     /\ UNCHANGED <<item, net, clock, rate, now, used>>

(***************************************************************************)
(* Time.                                                                   *)
(***************************************************************************)
Pass(asleep) ==
  /\ now < Horizon
  /\ now' = now + 1
  /\ clock' = [c \in Clients |->
       [mono |-> clock[c].mono + IF c \in asleep THEN 0 ELSE rate[c],
        wall |-> clock[c].wall + rate[c]]]
  /\ UNCHANGED <<item, net, cl, rate>>

Tick == Pass({}) /\ UNCHANGED used

\* A suspended machine: its monotonic clock stands still.
Nap(c) ==
  /\ Hidden \/ clock[c].wall >= rate[c] * now
  /\ Use("naps", Naps)
  /\ Pass({c})

\* No clock shows a suspend if the wall clock is stepped back by as much. One machine has both only
\* where Hidden says so.
Step(c) ==
  \E by \in {-StepBy, StepBy} :
    /\ Hidden \/ by > 0 \/ clock[c].mono = rate[c] * now
    /\ Use("steps", Steps)
    /\ clock' = [clock EXCEPT ![c].wall = @ + by]
    /\ UNCHANGED <<item, net, cl, rate, now>>

Next ==
  \/ \E c \in Clients :
       \/ Heartbeat(c) \/ Look(c) \/ Takeover(c) \/ Mark(c)
       \/ Show(c) \/ Answered(c) \/ Nap(c) \/ Step(c)
  \/ \E m \in net : Deliver(m)
  \/ Tick

Spec == Init /\ [][Next]_vars

(***************************************************************************)
(* What is promised.                                                       *)
(***************************************************************************)
MutualExclusion == \A c, d \in Clients : Believes(c) /\ Believes(d) => c = d

HolderIsNamed ==
  \A c \in Clients : Believes(c) =>
    item.ver = cl[c].conf \/ (cl[c].call # NoCall /\ item.ver = cl[c].call.ver)

(***************************************************************************)
(* What does happen: claims that TLC has to refute.                        *)
(***************************************************************************)
Later == {c \in Clients \ {First} : cl[c].phase = "held"}

NoneTakesAtFirstSight == Later = {}

NoneTakesAfterClocksJumped == Later = {} \/ used.naps = 0 \/ used.steps = 0

NoneStampsByAnOlderAnswer ==
  [][\A c \in Clients :
       cl[c].phase = "held" /\ cl[c].call = NoCall /\ cl'[c].call.op = "heartbeat"
         => cl[c].bounds.sent = cl[c].since \/ ~cl[c].bounds.known]_vars

(***************************************************************************)
(* Two states that no later step can tell apart are checked once.          *)
(***************************************************************************)
Left(what, most) == used[what] < most

\* Whether a client may yet store a bound, or go by one.
NeedsBounds(c) ==
  IF cl[c].phase = "held" \/ c = First THEN Left("heartbeats", Heartbeats)
  ELSE \/ Left("takeovers", Takeovers) \/ Left("marks", Marks)
       \/ cl[c].call.op = "takeover" /\ Left("heartbeats", Heartbeats)

View ==
  LET it == [item EXCEPT !.before = IF Tells(item) THEN @ ELSE NoTime]
  IN <<it, net, [c \in Clients |->
       IF NeedsBounds(c) THEN cl[c]
       ELSE [cl[c] EXCEPT !.bounds = NoBounds, !.seen = Absent, !.call.at = 0,
                          !.call.it = Absent]],
       clock, rate, now, used>>

\* A bound for two clients, of which the first does not come back: where it can believe no more,
\* whatever it hears, the two cannot both believe.
AtStake ==
  LET me == cl[First]
  IN \/ me.phase = "held" /\ ~Over(First, me.since)
     \/ me.call # NoCall /\ ~Over(First, me.call.since)
=============================================================================
