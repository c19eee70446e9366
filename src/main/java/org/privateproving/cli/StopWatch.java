package org.privateproving.cli;

import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.Behaviors;

/** Completes a future when another actor has stopped. */
final class StopWatch {
  private StopWatch() {}

  static Behavior<Void> until(ActorRef<?> actor, CompletableFuture<Done> stopped) {
    return Behaviors.setup(
        context -> {
          context.watch(actor);
          return Behaviors.receive(Void.class)
              .onSignal(
                  Terminated.class,
                  _ -> {
                    stopped.complete(Done.getInstance());
                    return Behaviors.stopped();
                  })
              .build();
        });
  }
}
