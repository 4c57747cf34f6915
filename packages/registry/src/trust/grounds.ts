import type { TrustedRoot } from '@sigstore/protobuf-specs'
import { packageErrors } from '../errors/index.js'
import { derOf, type KeyId } from '../sign/index.js'
import type { AttachedBundle } from './bundles.js'
import { type Keys, sentKey } from './open-bundle.js'
import { isLocal, isNamed, ruleFor, type TrustPolicy, type TrustRule } from './policy.js'
import type { Signer } from './signer.js'

/** Why some signatures count for a package and others do not. */
export interface Grounds {
  /** Keys to verify with. */
  readonly keys: Keys
  /** Certificates to verify with; `undefined` for those of Sigstore's public services. */
  readonly root: TrustedRoot | undefined
  /** Without a signature that counts the package is refused. */
  readonly required: boolean
  /** A bare signature counts, though it says nothing of the name and the version. */
  readonly bareSignature: boolean
  /** Nobody named the signers beforehand: who signs now is to be compared with who did before, and remembered. */
  readonly byUse: boolean
  counts(signer: Signer): boolean
}

/** What is known of a package before its signatures are looked at. */
export interface Circumstances {
  readonly policy: TrustPolicy
  /** Who signed what is installed. */
  readonly pinned?: Signer | undefined
  /** Trust whoever signs a package that no rule is about, and that is not installed. */
  readonly trustOnFirstUse?: boolean | undefined
}

/**
 * The first rule for the package decides. Without one: who signs the installed version, folders and registries of this
 * machine, and first use, if that is trusted; else the package is refused.
 *
 * @throws {NOT_TRUSTED}
 */
export function groundsFor(
  { name, registry, bundles }: { name: string; registry: string; bundles: readonly AttachedBundle[] },
  { policy, pinned, trustOnFirstUse = false }: Circumstances,
): Grounds {
  const rule = ruleFor(policy, name, registry)
  // Rules for the package that leave this registry out say that it does not come from there.
  if (rule === undefined && isNamed(policy, name)) throw packageErrors.NOT_TRUSTED({ name, registry })
  if (rule !== undefined && !rule.unsigned) return byRule(rule, policy)
  const local = rule?.unsigned === true || isLocal(registry)
  if (!local && pinned === undefined && !trustOnFirstUse) throw packageErrors.NOT_TRUSTED({ name, registry })
  const notRetired = (signer: Signer) => signer.kind !== 'key' || !policy.retiredKeys.has(signer.id)
  return {
    keys: keysSent(bundles, pinned),
    root: policy.root,
    required: !local,
    bareSignature: false,
    byUse: true,
    counts: notRetired,
  }
}

function byRule({ keys, identities, bareSignature }: TrustRule, { retiredKeys, root }: TrustPolicy): Grounds {
  const usable = keys.filter(({ id }) => !retiredKeys.has(id))
  return {
    keys: new Map(usable.map(({ id, publicKey }) => [id, derOf(publicKey)])),
    root,
    required: true,
    bareSignature,
    byUse: false,
    counts: (signer) =>
      signer.kind === 'key'
        ? usable.some(({ id }) => id === signer.id)
        : identities.some(
            ({ issuer, identity }) =>
              issuer === signer.issuer &&
              (typeof identity === 'string' ? identity === signer.identity : identity.test(signer.identity)),
          ),
  }
}

/** The key of before and those that were sent along: they prove that one holder signs again, not who that is. */
function keysSent(bundles: readonly AttachedBundle[], pinned: Signer | undefined): Keys {
  const keys = new Map<KeyId, Buffer>()
  if (pinned?.kind === 'key') keys.set(pinned.id, Buffer.from(pinned.key, 'base64'))
  for (const { sentKey: text } of bundles) {
    const key = sentKey(text)
    if (key !== undefined) keys.set(key.id, derOf(key.publicKey))
  }
  return keys
}
