package org.privateproving.endtoend;

import static io.grpc.Status.Code.ABORTED;
import static io.grpc.Status.Code.CANCELLED;
import static io.grpc.Status.Code.DEADLINE_EXCEEDED;
import static io.grpc.Status.Code.INTERNAL;
import static io.grpc.Status.Code.NOT_FOUND;
import static io.grpc.Status.Code.PERMISSION_DENIED;
import static io.grpc.Status.Code.UNAVAILABLE;
import static io.grpc.Status.Code.UNIMPLEMENTED;

import io.grpc.Status.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.privateproving.domain.Schema;

/**
 * One fault at one call, and what is to come of it.
 *
 * @param proved whether the request has a program that can be proved; else it fails
 * @param repeats whether the client repeats itself after an error; else it never comes again
 */
record FaultCase(
    Schema schema, FaultPlace place, InjectedFault fault, boolean proved, boolean repeats) {

  /** How a request ends. */
  enum End {
    PROVED,
    UNEXECUTABLE,
    UNFULFILLABLE,
    /** Somebody else has it. */
    NOT_OURS
  }

  /** Every fault at every call of this schema. */
  static List<FaultCase> all(Schema schema) {
    List<FaultCase> cases = new ArrayList<>();
    for (FaultPlace place : FaultPlace.values()) {
      if (!place.existsIn(schema)) {
        continue;
      }
      int turn = 0;
      for (InjectedFault fault : place.faults()) {
        turn++;
        for (boolean proved : List.of(true, false)) {
          if (!place.isAboutTheEnd() && place != FaultPlace.PROOF_URI && turn % 2 == 0 == proved) {
            continue; // one of the two, in turn
          }
          var one = new FaultCase(schema, place, fault, proved, place != FaultPlace.LIST);
          cases.add(one);
          if (one.leavesARequestBehind()) {
            cases.add(new FaultCase(schema, place, fault, proved, false));
          }
        }
      }
    }
    return cases.stream().filter(FaultCase::isMeant).toList();
  }

  private boolean isMeant() {
    return switch (place) {
      // Only a proof is somewhere, and only it is bound to the domain.
      case PROOF_URI, DOMAIN -> proved;
      // Of one that the network lacks our server is sure for a minute; see FulfillerIdentity.
      case OWNER -> fault.code().filter(c -> c == UNIMPLEMENTED || c == NOT_FOUND).isEmpty();
      case SCHEMA -> fault.code().filter(UNIMPLEMENTED::equals).isEmpty();
      default -> true;
    };
  }

  /** The network has the request, and the client knows nothing of it. */
  private boolean leavesARequestBehind() {
    return switch (place) {
      case REQUEST_PROOF -> fault.isAfter() || fault.isKind("malformed");
      case DETAILS -> !fault.isKind("delay");
      default -> false;
    };
  }

  private boolean saysThatThereIsNone() {
    return fault.code().filter(NOT_FOUND::equals).isPresent();
  }

  /** The method that is to meet the fault. */
  String method() {
    return place == FaultPlace.REPORT ? reportMethod() : place.method();
  }

  private String reportMethod() {
    return switch (end()) {
      case PROVED -> "FulfillProof";
      case UNEXECUTABLE -> schema == Schema.BASE ? "FailExecution" : "FailFulfillment";
      case UNFULFILLABLE, NOT_OURS -> "FailFulfillment";
    };
  }

  /** The one that tells the result. */
  String result() {
    return reportMethod();
  }

  End end() {
    if (place == FaultPlace.PROGRAM && isGone()) {
      return End.UNFULFILLABLE;
    }
    if (place == FaultPlace.PROGRAM && fault.isKind("malformed")) {
      return End.UNEXECUTABLE;
    }
    if (fault.isKind("assign-other")) {
      return End.NOT_OURS;
    }
    return proved ? End.PROVED : End.UNEXECUTABLE;
  }

  /** Whether the status says that there is no sense in asking again. */
  private boolean isGone() {
    return fault.status().filter(s -> s < 500 && s != 408 && s != 429).isPresent();
  }

  /**
   * The errors that the client is told, one after the other, if no connection is cut. After each it
   * repeats itself, be it the SDK that does so or its user.
   */
  List<Code> told() {
    List<Code> fromFault = isSlow() ? List.of() : List.of(toldOf(fault));
    return switch (place) {
      case GET_PROGRAM ->
          // That is what the SDK asks for.
          saysThatThereIsNone() ? List.of() : fromFault;
      case CREATE_ARTIFACT, NONCE_FOR_PROGRAM, CREATE_PROGRAM, PARAMS, NONCE_FOR_REQUEST ->
          fromFault;
      case REQUEST_PROOF ->
          fault.isKind("malformed")
              ? List.of(INTERNAL)
              : fault.isKind("assign-other")
                  ? List.of(PERMISSION_DENIED, PERMISSION_DENIED)
                  : fault.isKind("unassigned") ? List.of(UNAVAILABLE) : fromFault;
      case DETAILS -> fromFault.stream().map(_ -> UNAVAILABLE).toList();
      case FIND ->
          Stream.concat(Stream.of(UNAVAILABLE), fromFault.stream().map(_ -> UNAVAILABLE)).toList();
      case LIST -> List.of(UNAVAILABLE);
      case PUT_PROGRAM, OWNER, SCHEMA, PROGRAM, LOOK, OUR_NONCE, DOMAIN, REPORT, PROOF_URI ->
          List.of();
    };
  }

  private boolean isSlow() {
    return fault.isKind("delay");
  }

  private static Code toldOf(InjectedFault fault) {
    return switch (fault.kind()) {
      case "code" -> fault.code().orElse(UNAVAILABLE);
      case "hold" -> DEADLINE_EXCEEDED;
      case "stale-nonce", "duplicate" -> ABORTED;
      // What grpc-java makes of an answer that it cannot read.
      case "malformed" -> CANCELLED;
      default -> UNAVAILABLE;
    };
  }

  @Override
  public String toString() {
    return "%s, %s: %s%s"
        .formatted(
            place,
            fault,
            end().name().toLowerCase(Locale.ROOT),
            repeats || place == FaultPlace.LIST ? "" : ", though its client never comes again");
  }
}
