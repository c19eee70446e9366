package org.privateproving.request;

import java.time.Clock;
import org.apache.pekko.actor.typed.ActorRef;
import org.privateproving.artifact.ArtifactStore;
import org.privateproving.dispatch.Dispatcher;
import org.privateproving.dispatch.LocalQueue;
import org.privateproving.network.ProverNetwork;
import org.privateproving.network.Reporter;

/** Everything that a ProofRequest deals with outside itself. */
public record Surroundings(
    ActorRef<Dispatcher.Command> dispatcher,
    LocalQueue queue,
    ActorRef<Reporter.Command> reporter,
    ArtifactStore artifacts,
    ProverNetwork network,
    RequestIndex index,
    DurationHistory durations,
    RequestSettings settings,
    Clock clock) {}
