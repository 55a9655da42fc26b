---------------------------- MODULE LockProtocol ----------------------------
(***************************************************************************)
(* The lock protocol of docs/protocol.md, for one lock with its own lease. *)
(* README.md beside this file says in plain words what is modelled.        *)
(*                                                                         *)
(* How to read this, if TLA+ is new to you: a state is a value for each of *)
(* the VARIABLES. An action (Heartbeat, Deliver, Tick, ...) says when a    *)
(* step may be taken and what the variables are after it (x' is x after    *)
(* the step). TLC, the checker, takes every step that may be taken, from   *)
(* every state, and checks the invariants in all states it reaches. So a   *)
(* delay, a pause or a loss needs no action of its own: it is a step that  *)
(* is not taken for a while, or never.                                     *)
(***************************************************************************)
EXTENDS Integers, FiniteSets, TLC

CONSTANTS
  Clients,     \* who competes for the lock
  Lease,       \* L: how long a waiter sees a version unchanged before it takes over
  Usable,      \* U = 0.8 L: how long a holder uses a lease
  Rates,       \* by how much a client's clock may advance in one tick of true time
  RatesVary,   \* whether a clock's rate changes from tick to tick, or stays as it began
  Sends,       \* how many writes, in all, clients may send
  Retries,     \* how many times, in all, the SDK sends a request again
  Naps,        \* how many ticks, in all, a machine is suspended
  Crashes,     \* how many times, in all, a process dies and starts anew
  Meddlings,   \* how many times an operator changes the item by hand
  Faults,      \* what else may happen: see the uses
  Broken       \* the rules that are left out: none for the protocol as it is

VARIABLES
  item,        \* the row in the table
  old,         \* what the row was before its last change: a stale read may show it
  net,         \* writes on their way, in no order, each for as long as it likes
  cl,          \* the memory of each client
  rate,        \* how fast each client's clock runs
  used,        \* how much of the bounds above was used up
  top,         \* the highest token that was ever granted
  wrong        \* what happened that never should: names of broken promises

vars == <<item, old, net, cl, rate, used, top, wrong>>

Min(x, y) == IF x < y THEN x ELSE y

(***************************************************************************)
(* Data. A version is <<client, number>>: unique for every send, and it    *)
(* names the owner.                                                        *)
(***************************************************************************)
NoVersion == <<"nobody", 0>>
Absent    == [ver |-> NoVersion, free |-> TRUE, tok |-> 0]
Owner(it) == it.ver[1]

NoRequest == [op |-> "none", by |-> "nobody", ver |-> NoVersion, on |-> {}, try |-> 0]
NoCall    == [state |-> "none", req |-> NoRequest, ok |-> FALSE, it |-> Absent]
NoSight   == [ver |-> NoVersion, age |-> 0]
JustSent  == [mono |-> 0, wall |-> 0]

\* A process that knows nothing: it has sent n writes in an earlier life.
Newborn(n) ==
  [phase |-> "idle",   \* idle: wants the lock or not; held; over: revoked, and told so
   cand  |-> <<>>,     \* versions that may stand in the item: number -> time since its send
   conf  |-> 0,        \* the confirmed one of them, while held
   tok   |-> 0,        \* the token, while held
   call  |-> NoCall,   \* the write under way, and its answer once it is there
   obs   |-> NoSight,  \* the version seen in the item, and for how long
   next  |-> n + 1,    \* the number of the next version
   born  |-> n + 1,    \* the first number of this life
   lost  |-> 0]        \* for the checks: how long it has believed, and was not named by the item

Init ==
  /\ item = Absent
  /\ old = Absent
  /\ net = {}
  /\ cl = [c \in Clients |-> Newborn(0)]
  /\ rate \in IF RatesVary THEN {[c \in Clients |-> 0]} ELSE [Clients -> Rates]
  /\ used = [sends |-> 0, retries |-> 0, naps |-> 0, crashes |-> 0, meddlings |-> 0]
  /\ top = 0
  /\ wrong = {}

(***************************************************************************)
(* What a client answers its user, from its own memory and clocks.         *)
(***************************************************************************)
Good(t) == t.mono < Usable /\ (t.wall < Usable \/ "monotonic clock only" \in Broken)
Over(t) == t.mono >= Usable

Believes(c) == cl[c].phase = "held" /\ Good(cl[c].cand[cl[c].conf])

\* Section 5: all versions of this life that are of no current hold or attempt.
Retired(me) == (me.born .. me.next - 1) \ DOMAIN me.cand

Candidates(c) == {<<c, n>> : n \in DOMAIN cl[c].cand}

Named(c) == ~item.free /\ item.ver \in Candidates(c) /\ item.tok = cl[c].tok

\* The same without asking the client's memory of what it sent: its own, and under this token.
Possesses(c) == ~item.free /\ Owner(item) = c /\ item.tok = cl[c].tok

SendsLeft == used.sends < Sends
Sent == used' = [used EXCEPT !.sends = @ + 1]
Waits(c) == cl[c].call.state # "none"
Unanswered(c) == cl[c].call.state = "sent"
Answered(c) == cl[c].call.state = "answered"
MaySend(c) == ~Waits(c) /\ SendsLeft
MayResend(c) == Unanswered(c) /\ cl[c].call.req.try = 1 /\ used.retries < Retries

(***************************************************************************)
(* The table: one conditional write each (section 3).                      *)
(***************************************************************************)
Condition(m) ==
  LET onVersion == item.ver \in m.on
      onOwner   == Owner(item) = m.by
      held      == ~item.free \/ ("heartbeat ignores isReleased" \in Broken /\ item.ver # NoVersion)
  IN CASE m.op = "acquire"   -> item.free
       [] m.op = "takeover"  -> onVersion \/ "takeover on no version" \in Broken
       [] m.op = "heartbeat" -> IF "heartbeat on the owner" \in Broken THEN ~item.free /\ onOwner
                                ELSE held /\ onVersion
       [] m.op \in {"release", "delete"} ->
            ~item.free /\ IF "release on the owner" \in Broken THEN onOwner ELSE onVersion

\* The seed of section 4 is taken to be above all earlier tokens.
NextToken == IF item.ver = NoVersion THEN top + 1
             ELSE IF "token restarts" \in Broken THEN 1 ELSE item.tok + 1

After(m) ==
  CASE m.op \in {"acquire", "takeover"} -> [ver |-> m.ver, free |-> FALSE, tok |-> NextToken]
    [] m.op = "heartbeat" -> [item EXCEPT !.ver = m.ver]
    [] m.op = "release" ->
         [item EXCEPT !.free = TRUE,
                      !.ver = IF "release keeps the version" \in Broken THEN @ ELSE m.ver]
    [] m.op = "delete" -> Absent

Becomes(it) ==
  /\ item' = it
  /\ old' = IF it = item THEN old ELSE item

Promises(m, ok) ==
  /\ top' = IF ok /\ After(m).tok > top THEN After(m).tok ELSE top
  /\ wrong' = wrong
       \cup (IF ok /\ m.op \in {"acquire", "takeover"} /\ After(m).tok <= top
             THEN {"a token did not rise"} ELSE {})
       \cup (IF ok /\ m.op = "heartbeat" /\ item.free THEN {"a heartbeat on a free item"} ELSE {})

\* A write without an answer: its version stays a candidate.
Ambiguous(me) ==
  [me EXCEPT !.call = NoCall,
             !.cand = IF "unanswered heartbeats forgotten" \in Broken /\ me.phase = "held"
                      THEN me.conf :> @[me.conf] ELSE @]

\* A write reaches the table. Its answer reaches the client, or is lost; then the client stops
\* waiting, unless its SDK may send the request again, or has.
Deliver(m) ==
  LET ok      == Condition(m)
      c       == m.by
      call    == cl[c].call
      awaited == call.state = "sent" /\ call.req.ver = m.ver
      it      == IF ok THEN After(m) ELSE item
      again   == \E other \in net \ {m} : other.ver = m.ver
  IN /\ net' = net \ {m}
     /\ Becomes(it)
     /\ Promises(m, ok)
     /\ \/ awaited
           /\ cl' = [cl EXCEPT ![c].call = [@ EXCEPT !.state = "answered", !.ok = ok, !.it = it]]
        \/ awaited /\ "lost answers" \in Faults
           /\ cl' = IF again \/ MayResend(c) THEN cl ELSE [cl EXCEPT ![c] = Ambiguous(@)]
        \/ ~awaited /\ cl' = cl
     /\ UNCHANGED <<rate, used>>

(***************************************************************************)
(* Sending. Every send has a version of its own, and its own send time.    *)
(***************************************************************************)
Request(c, op, on) == [op |-> op, by |-> c, ver |-> <<c, cl[c].next>>, on |-> on, try |-> 1]

\* A write whose answer the client waits for: its version may stand in the item from now on.
Send(c, op, on) ==
  /\ net' = net \cup {Request(c, op, on)}
  /\ cl' = [cl EXCEPT ![c].cand = (cl[c].next :> JustSent) @@ @,
                      ![c].call = [NoCall EXCEPT !.state = "sent", !.req = Request(c, op, on)],
                      ![c].next = @ + 1]
  /\ Sent
  /\ UNCHANGED <<item, old, rate, top, wrong>>

\* The SDK sends the same request once more, with the same version. The first may be on its way yet.
Resend(c) ==
  /\ MayResend(c)
  /\ used' = [used EXCEPT !.retries = @ + 1]
  /\ net' = net \cup {[cl[c].call.req EXCEPT !.try = 2]}
  /\ cl' = [cl EXCEPT ![c].call.req.try = 2,
                      ![c].cand[cl[c].call.req.ver[2]] =
                         IF "counted from the last attempt" \in Broken THEN JustSent ELSE @]
  /\ UNCHANGED <<item, old, rate, top, wrong>>

\* No answer in time: the write may have been applied, or may be applied later.
GiveUpWaiting(c) ==
  /\ Unanswered(c)
  /\ "lost answers" \in Faults
  /\ cl' = [cl EXCEPT ![c] = Ambiguous(@)]
  /\ UNCHANGED <<item, old, net, rate, used, top, wrong>>

\* The service refuses a copy of the request (throttling, a 4xx): that copy changes nothing. Only
\* if it was the only one is it certain that nothing was changed.
Refuse(c) ==
  LET req == cl[c].call.req
      n   == req.ver[2]
      certain == req.try = 1 \/ "a refused retry proves nothing written" \in Broken
  IN /\ Unanswered(c)
     /\ "refused requests" \in Faults
     /\ req \in net
     /\ net' = net \ {req}
     /\ cl' = [cl EXCEPT ![c].call = NoCall,
                         ![c].cand = IF certain THEN [k \in DOMAIN @ \ {n} |-> @[k]] ELSE @]
     /\ UNCHANGED <<item, old, rate, used, top, wrong>>

(***************************************************************************)
(* A client that wants the lock.                                           *)
(***************************************************************************)
\* A blind write, unless the lock was seen to be held.
Acquire(c) ==
  /\ cl[c].phase = "idle" /\ MaySend(c) /\ cl[c].obs = NoSight
  /\ Send(c, "acquire", {})

\* Section 2: a version seen unchanged for a lease, by a write conditioned on exactly that version.
Takeover(c) ==
  /\ cl[c].phase = "idle" /\ MaySend(c)
  /\ cl[c].obs.ver # NoVersion /\ cl[c].obs.age >= Lease
  /\ Send(c, "takeover", {cl[c].obs.ver})

\* The item shows a version of this attempt: held, if the lease was not used up on the way.
Granted(me, n, it) ==
  LET t == me.cand[n]
  IN IF Good(t)
     THEN [me EXCEPT !.phase = "held", !.conf = n, !.tok = it.tok, !.obs = NoSight, !.lost = 0,
                     !.cand = n :> (IF "lease counted from the answer" \in Broken
                                    THEN JustSent ELSE t)]
     ELSE [me EXCEPT !.cand = [k \in DOMAIN @ \ {n} |-> @[k]],
                     !.obs = [ver |-> it.ver, age |-> Lease]]

\* What an item that was shown tells a client that wants the lock. The observation of a version
\* starts now, with the answer in hand; that of a ghost of one's own is over at once.
Seen(c, me, it, onTheWay) ==
  IF it.free THEN [me EXCEPT !.obs = NoSight]
  ELSE IF it.ver[1] = c /\ it.ver[2] \in DOMAIN me.cand THEN Granted(me, it.ver[2], it)
  ELSE IF it.ver = me.obs.ver THEN me
  ELSE LET ghost == it.ver[1] = c /\ it.ver[2] \in Retired(me)
       IN [me EXCEPT !.obs = [ver |-> it.ver, age |-> IF ghost THEN Lease ELSE onTheWay]]

\* An eventually consistent read. (An answer that was long on its way is a stale one, too.) One
\* who knows better ignores a stale answer.
Poll(c) ==
  \E it \in {item} \cup (IF "stale reads" \in Faults THEN {old} ELSE {}) :
  \E onTheWay \in IF "observed from the send of the read" \in Broken THEN {0, Lease} ELSE {0} :
    /\ cl[c].phase = "idle" /\ ~Waits(c)
    /\ cl' = [cl EXCEPT ![c] = Seen(c, @, it, onTheWay)]
    /\ UNCHANGED <<item, old, net, rate, used, top, wrong>>

\* The answer to an acquisition or a takeover. A refused one is retired, unless the item says that
\* an earlier copy of it was applied.
GrantAnswered(c) ==
  LET me == [cl[c] EXCEPT !.call = NoCall]
      n  == cl[c].call.req.ver[2]
      a  == cl[c].call
  IN /\ cl[c].phase = "idle" /\ Answered(c)
     /\ cl' = [cl EXCEPT ![c] =
                 IF a.ok THEN Granted(me, n, a.it)
                 ELSE IF a.it.ver = <<c, n>> THEN Seen(c, me, a.it, 0)
                 ELSE Seen(c, [me EXCEPT !.cand = [k \in DOMAIN @ \ {n} |-> @[k]]], a.it, 0)]
     /\ UNCHANGED <<item, old, net, rate, used, top, wrong>>

\* The lock is not wanted any more: every version is retired, and what may have landed is freed.
GiveUp(c) ==
  /\ cl[c].phase = "idle" /\ cl[c].cand # <<>> /\ SendsLeft
  /\ "given up" \in Faults
  /\ net' = net \cup {Request(c, "release", Candidates(c))}
  /\ cl' = [cl EXCEPT ![c].call = NoCall, ![c].next = @ + 1,
                      ![c].cand = IF "given up, but not retired" \in Broken THEN @ ELSE <<>>]
  /\ Sent
  /\ UNCHANGED <<item, old, rate, top, wrong>>

(***************************************************************************)
(* A holder.                                                               *)
(***************************************************************************)
\* Also while the lock is suspect (over by the wall clock only): then this decides.
Heartbeat(c) ==
  /\ cl[c].phase = "held" /\ MaySend(c) /\ ~Over(cl[c].cand[cl[c].conf])
  /\ Send(c, "heartbeat", Candidates(c))

\* A candidate was confirmed: the lease counts from its own send. Those sent before it can apply no
\* more; those sent after it can.
Confirmed(me, n) ==
  LET latest == CHOOSE k \in DOMAIN me.cand : \A j \in DOMAIN me.cand : j <= k
      kept   == IF "later candidates dropped" \in Broken THEN {n}
                ELSE {k \in DOMAIN me.cand : k >= n}
      since  == CASE "lease counted from the answer" \in Broken  -> JustSent
                  [] "counted from the latest send" \in Broken   -> me.cand[latest]
                  [] OTHER                                     -> me.cand[n]
  IN [me EXCEPT !.conf = n, !.cand = [k \in kept |-> IF k = n THEN since ELSE me.cand[k]]]

\* What an item that was shown tells a holder.
Learns(c, me, it) ==
  IF ~it.free /\ it.ver[1] = c /\ it.ver[2] \in DOMAIN me.cand
  THEN IF it.ver[2] = me.conf THEN me ELSE Confirmed(me, it.ver[2])
  ELSE [me EXCEPT !.phase = "over", !.call = NoCall]

LearnsRightly(c, it) ==
  wrong' = wrong \cup (IF Possesses(c) /\ Learns(c, cl[c], it).phase = "over"
                       THEN {"a live holder gave up its lock"} ELSE {})

HeartbeatAnswered(c) ==
  LET me == [cl[c] EXCEPT !.call = NoCall]
      a  == cl[c].call
  IN /\ cl[c].phase = "held" /\ Answered(c)
     /\ cl' = [cl EXCEPT ![c] = Learns(c, me, a.it)]
     /\ LearnsRightly(c, a.it)
     /\ UNCHANGED <<item, old, net, rate, used, top>>

\* A strongly consistent read after an answer was lost.
Look(c) ==
  /\ cl[c].phase = "held" /\ ~Waits(c)
  /\ cl' = [cl EXCEPT ![c] = Learns(c, @, item)]
  /\ LearnsRightly(c, item)
  /\ UNCHANGED <<item, old, net, rate, used, top>>

\* The watch over the deadline. What is answered later is ignored.
Expire(c) ==
  /\ cl[c].phase = "held" /\ Over(cl[c].cand[cl[c].conf])
  /\ cl' = [cl EXCEPT ![c].phase = "over",
                      ![c].call = IF "a late answer revives" \in Broken THEN @ ELSE NoCall]
  /\ UNCHANGED <<item, old, net, rate, used, top, wrong>>

Revive(c) ==
  /\ "a late answer revives" \in Broken
  /\ cl[c].phase = "over" /\ Answered(c) /\ cl[c].call.ok
  /\ cl' = [cl EXCEPT ![c] =
               Confirmed([@ EXCEPT !.phase = "held", !.call = NoCall], @.call.req.ver[2])]
  /\ UNCHANGED <<item, old, net, rate, used, top, wrong>>

\* The user closes the lock, held or revoked: all its versions are retired, and the item is freed
\* if one of them stands in it. Nothing depends on the answer.
Close(c) ==
  \E op \in {"release"} \cup (IF "deleting releases" \in Faults THEN {"delete"} ELSE {}) :
    /\ cl[c].phase \in {"held", "over"} /\ SendsLeft
    /\ net' = net \cup {Request(c, op, Candidates(c))}
    /\ cl' = [cl EXCEPT ![c] = [Newborn(@.next) EXCEPT !.born = cl[c].born]]
    /\ Sent
    /\ UNCHANGED <<item, old, rate, top, wrong>>

(***************************************************************************)
(* Time, and the rest of the world.                                        *)
(***************************************************************************)
\* Ages beyond the limits they are compared with are all alike.
Older(t, mono, wall) ==
  [mono |-> Min(t.mono + mono, Usable), wall |-> Min(t.wall + wall, Usable)]

Aged(c, me, mono, wall) ==
  [me EXCEPT !.lost = IF Believes(c) /\ ~Named(c) THEN Min(@ + wall, Usable) ELSE 0,
             !.cand = [n \in DOMAIN @ |-> Older(@[n], mono, wall)],
             !.obs.age = IF me.obs = NoSight THEN 0 ELSE Min(@ + mono, Lease)]

\* True time passes. Each clock advances by its rate; that of a suspended machine by nothing,
\* while its wall clock goes on.
Pass(asleep) ==
  \E r \in IF RatesVary THEN [Clients -> Rates] ELSE {rate} :
    /\ cl' = [c \in Clients |-> Aged(c, cl[c], IF c \in asleep THEN 0 ELSE r[c], r[c])]
    /\ UNCHANGED <<item, old, net, rate, top, wrong>>

Tick == Pass({}) /\ UNCHANGED used

Nap(c) ==
  /\ used.naps < Naps
  /\ used' = [used EXCEPT !.naps = @ + 1]
  /\ Pass({c})

\* What is on its way stays so; memory is lost. The new process even has the same owner name.
Crash(c) ==
  /\ used.crashes < Crashes
  /\ used' = [used EXCEPT !.crashes = @ + 1]
  /\ cl' = [cl EXCEPT ![c] = Newborn(@.next - 1)]
  /\ UNCHANGED <<item, old, net, rate, top, wrong>>

\* An operator deletes the item, or marks it as released, as the awslabs client does: the version
\* stays.
Meddle ==
  /\ used.meddlings < Meddlings
  /\ item # Absent
  /\ used' = [used EXCEPT !.meddlings = @ + 1]
  /\ \E it \in {Absent, [item EXCEPT !.free = TRUE]} : it # item /\ Becomes(it)
  /\ UNCHANGED <<net, cl, rate, top, wrong>>

ClientStep(c) ==
  \/ Acquire(c) \/ Takeover(c) \/ Poll(c) \/ GrantAnswered(c) \/ GiveUp(c)
  \/ Heartbeat(c) \/ HeartbeatAnswered(c) \/ Look(c) \/ Expire(c) \/ Revive(c) \/ Close(c)
  \/ Resend(c) \/ GiveUpWaiting(c) \/ Refuse(c)

Next ==
  \/ \E c \in Clients : ClientStep(c) \/ Nap(c) \/ Crash(c)
  \/ \E m \in net : Deliver(m)
  \/ Tick
  \/ Meddle

Spec == Init /\ [][Next]_vars

(***************************************************************************)
(* What is promised (section 8).                                           *)
(***************************************************************************)
Meddled == used.meddlings > 0

MutualExclusion ==
  Meddled \/ \A c, d \in Clients : Believes(c) /\ Believes(d) => c = d

HolderIsNamed == Meddled \/ \A c \in Clients : Believes(c) => Named(c)

TokensRise == "a token did not rise" \notin wrong

ReleasedStaysReleased == "a heartbeat on a free item" \notin wrong

NoFalseLoss == Meddled \/ "a live holder gave up its lock" \notin wrong

LossIsNoticed == \A c \in Clients : Believes(c) => cl[c].lost < Usable

\* Section 8, 6: lost means lost. (A property of steps: x' is x after the step.)
LostMeansLost == [][\A c \in Clients : cl[c].phase = "over" => cl'[c].phase # "held"]_vars
=============================================================================
