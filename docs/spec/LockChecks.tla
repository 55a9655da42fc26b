----------------------------- MODULE LockChecks -----------------------------
(***************************************************************************)
(* What TLC needs to check LockProtocol, and is no part of the protocol:   *)
(* liveness, claims that have to be refuted, and which states are alike.   *)
(***************************************************************************)
EXTENDS LockProtocol

(***************************************************************************)
(* Liveness: a waiter who keeps at it gets the lock, wherever the others   *)
(* stop. Its own machine and its way to the table are quick compared with  *)
(* a tick; the others are not: they may stop at any point, for ever.       *)
(***************************************************************************)
Waiter == CHOOSE c \in Clients : TRUE

Prompt == ~Answered(Waiter) /\ \A m \in net : m.by # Waiter
Enough == \A c \in Clients \ {Waiter} : cl'[c].next <= 3

LiveNext ==
  \/ \E c \in Clients : (ClientStep(c) \/ Crash(c)) /\ Enough
  \/ \E m \in net : Deliver(m)
  \/ Prompt /\ Tick

LiveSpec ==
  /\ Init /\ [][LiveNext]_vars
  /\ WF_vars(Prompt /\ Tick)
  /\ WF_vars(\E m \in net : Deliver(m))
  /\ WF_vars(Poll(Waiter))
  /\ WF_vars(GrantAnswered(Waiter))
  /\ WF_vars(Acquire(Waiter) \/ Takeover(Waiter))

WaiterGetsIt == <>Believes(Waiter)

(***************************************************************************)
(* What does happen: claims that TLC has to refute, so that nothing above  *)
(* holds only because nothing interesting was ever reached.                *)
(***************************************************************************)
Suspect(c) == cl[c].phase = "held" /\ ~Over(cl[c].cand[cl[c].conf]) /\ ~Believes(c)

NobodyIsTakenOver ==
  \A c, d \in Clients : c # d => ~(cl[c].phase = "held" /\ Believes(d))

NobodyAdoptsByLooking ==
  [][\A c \in Clients : cl[c].phase = "held" /\ ~Waits(c) /\ cl'[c].phase = "held"
                         => cl'[c].conf = cl[c].conf]_vars

NobodyTakesItsOwnGhost ==
  [][\A c \in Clients : cl[c].phase = "idle" /\ cl[c].obs.ver[1] = c => cl'[c].phase # "held"]_vars

NoSuspectRecovers == [][\A c \in Clients : Suspect(c) => ~Believes(c)']_vars

NoGrantComesTooLate ==
  [][\A c \in Clients : cl[c].phase = "idle" /\ Answered(c) /\ cl[c].call.ok
                         => cl'[c].phase = "held" \/ cl'[c].call = cl[c].call]_vars

NoLateCopyLands ==
  [][\A c \in Clients : item.free /\ ~item'.free /\ Owner(item') = c
                         => item'.ver[2] \in DOMAIN cl[c].cand]_vars

OperatorsDoNoHarm == \A c, d \in Clients : Believes(c) /\ Believes(d) => c = d

\* Client states that are alike but for their names need checking once.
Symmetry == Permutations(Clients)

\* Two states that no later step can tell apart are checked once. A version that neither stands in
\* the item nor is on its way to it can never appear again: who waits for it, who is conditioned on
\* it and when it was sent do not matter any more.
LiveNet(live) ==
  {[m EXCEPT !.on = @ \cap live] : m \in
     {k \in net : \/ k.op = "acquire" \/ (k.on \cap live) # {}
                  \/ cl[k.by].call.state = "sent" /\ cl[k.by].call.req.ver = k.ver}}

LiveClient(me, c, live) ==
  LET req  == me.call.req
      kept == {n \in DOMAIN me.cand : <<c, n>> \in live \/ (me.phase = "held" /\ n = me.conf)}
  IN [me EXCEPT
       !.cand = [n \in kept |-> IF me.phase = "over" THEN JustSent ELSE me.cand[n]],
       !.conf = IF me.phase = "held" THEN @ ELSE 0,
       !.call.req = IF MayResend(c) THEN [req EXCEPT !.on = @ \cap live]
                    ELSE [NoRequest EXCEPT !.ver = req.ver],
       !.obs.age = IF me.obs.ver \in live THEN @ ELSE 0]

View ==
  LET live == {item.ver} \cup {m.ver : m \in net}
  IN <<item, IF "stale reads" \in Faults THEN old ELSE item, LiveNet(live),
       [c \in Clients |-> LiveClient(cl[c], c, live)], rate, used, top, wrong>>
=============================================================================
