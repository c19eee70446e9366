package org.privateproving.network.upstream;

import org.privateproving.domain.Refusal;
import org.privateproving.domain.RootCause;

/** What may be said of a failure in a log: what the network's message says may be anything. */
final class ShownFailure {
  private ShownFailure() {}

  /** A code, a class, or the text of a refusal of ours. */
  static String of(Throwable failure) {
    return NetworkClient.refusal(failure)
        .map(refusal -> refusal.code().toString())
        .orElseGet(
            () ->
                switch (RootCause.of(failure)) {
                  case Refusal refusal -> refusal.message();
                  case Throwable other -> other.getClass().getSimpleName();
                });
  }
}
