package org.privateproving.request;

import org.privateproving.domain.SettingsBlock;

/**
 * How much is taken on.
 *
 * @param maxWaiting unproved requests in the whole cluster
 * @param maxWaitingPerRequester unproved requests of one requester
 * @param refuseHopeless whether a request is refused that cannot meet its deadline
 */
public record AdmissionSettings(
    int maxWaiting, int maxWaitingPerRequester, boolean refuseHopeless) {

  static AdmissionSettings from(SettingsBlock block) {
    int maxWaiting = block.number("max-waiting", 1, Integer.MAX_VALUE);
    return new AdmissionSettings(
        maxWaiting,
        block.number("max-waiting-per-requester", 1, Integer.MAX_VALUE),
        block.flag("refuse-hopeless"));
  }
}
